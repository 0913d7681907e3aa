package dev.hone.plan;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads providers' answers; complaints name the provider and the place in the answer. */
final class FeedJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private FeedJson() {}

    static JsonNode read(String provider, String answer) {
        try {
            return MAPPER.readTree(answer);
        } catch (JacksonException e) {
            throw new PlanException(
                    "%s's price list is not JSON: %s".formatted(provider, e.getOriginalMessage()));
        }
    }

    static JsonNode require(String provider, JsonNode node, String key) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) {
            throw new PlanException(
                    "%s's price list has no '%s'; found %s"
                            .formatted(provider, key, shortened(node)));
        }
        return value;
    }

    private static String shortened(JsonNode node) {
        String text = node.toString();
        return text.length() <= 120 ? text : text.substring(0, 120) + "...";
    }
}
