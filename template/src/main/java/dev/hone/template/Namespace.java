package dev.hone.template;

import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code namespace(...)} gives: the one thing whose attributes a template can set. */
final class Namespace {

    private final Map<Object, Object> attributes = new LinkedHashMap<>();

    Map<Object, Object> attributes() {
        return attributes;
    }
}
