package dev.hone.data.check;

import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as it is written to files. */
final class EscapedJson {

    private static final JsonMapper PLAIN = JsonMapper.builder().build();

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private EscapedJson() {}

    /** In ASCII, so that what nobody sees, and what UTF-8 cannot hold, stays visible. */
    static String write(JsonNode node) {
        return MAPPER.writeValueAsString(node);
    }

    /** As it is; escaped only where it holds half a surrogate pair. */
    static String plain(JsonNode node) {
        String text = PLAIN.writeValueAsString(node);
        boolean halved =
                text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE);
        return halved ? write(node) : text;
    }
}
