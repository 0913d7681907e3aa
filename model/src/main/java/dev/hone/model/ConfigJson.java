package dev.hone.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** A JSON object of a model folder, read key by key with errors that name the file and the key. */
final class ConfigJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Path file;
    private final JsonNode node;

    private ConfigJson(Path file, JsonNode node) {
        this.file = file;
        this.node = node;
    }

    static ConfigJson read(Path file) {
        try {
            JsonNode node = MAPPER.readTree(Files.readAllBytes(file));
            if (!node.isObject()) {
                throw new ModelException(file + ": expected a JSON object");
            }
            return new ConfigJson(file, node);
        } catch (JacksonException e) {
            throw new ModelException(
                    "%s: not valid JSON: %s".formatted(file, e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new ModelException("%s: cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    static ConfigJson of(Path file, JsonNode node) {
        return new ConfigJson(file, node);
    }

    Path file() {
        return file;
    }

    JsonNode node() {
        return node;
    }

    boolean has(String key) {
        return node.hasNonNull(key);
    }

    /** The object under {@code key}, empty when it is absent. */
    ConfigJson object(String key) {
        JsonNode child = node.path(key);
        return new ConfigJson(file, child.isObject() ? child : MissingNode.getInstance());
    }

    int integer(String key) {
        return number(key).asInt();
    }

    int integer(String key, int absent) {
        return has(key) ? integer(key) : absent;
    }

    double real(String key) {
        return number(key).asDouble();
    }

    double real(String key, double absent) {
        return has(key) ? real(key) : absent;
    }

    boolean flag(String key, boolean absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode value = node.get(key);
        if (!value.isBoolean()) {
            throw wrong(key, "true or false", value);
        }
        return value.asBoolean();
    }

    String text(String key, String absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode value = node.get(key);
        if (!value.isString()) {
            throw wrong(key, "a string", value);
        }
        return value.asString();
    }

    private JsonNode number(String key) {
        JsonNode value = node.path(key);
        if (!value.isNumber()) {
            throw wrong(key, "a number", value);
        }
        return value;
    }

    private ModelException wrong(String key, String expected, JsonNode found) {
        return new ModelException(
                "%s: key '%s': expected %s, found %s"
                        .formatted(file, key, expected, found.isMissingNode() ? "nothing" : found));
    }
}
