package dev.hone.data.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Changes the texts of one row, as JSON, and says what it changed. */
final class RowFixer {

    /** Keys of texts whose ends carry no meaning: turns, but not plain text and completions. */
    private static final Set<String> TURNS =
            Set.of("content", "value", "instruction", "input", "output", "system");

    /** Keys of lists of turns. */
    private static final Set<String> CONVERSATIONS =
            Set.of("messages", "conversations", "prompt", "completion", "chosen", "rejected");

    /** Roles by the names they go by. */
    private static final Map<String, String> ROLES =
            Map.ofEntries(
                    Map.entry("human", "user"),
                    Map.entry("gpt", "assistant"),
                    Map.entry("chatgpt", "assistant"),
                    Map.entry("model", "assistant"),
                    Map.entry("bot", "assistant"),
                    Map.entry("ai", "assistant"),
                    Map.entry("user", "user"),
                    Map.entry("assistant", "assistant"),
                    Map.entry("system", "system"),
                    Map.entry("developer", "developer"),
                    Map.entry("tool", "tool"));

    private final Set<Fix> fixes;

    RowFixer(Set<Fix> fixes) {
        this.fixes = Set.copyOf(fixes);
    }

    /**
     * @param where the key within the row, for example {@code messages[2].content}
     */
    record Change(Fix fix, String where, String before, String after) {}

    /** Changes the row in place. */
    List<Change> fix(ObjectNode row) {
        List<Change> changes = new ArrayList<>();
        object(row, "", "", changes);
        return changes;
    }

    private void object(ObjectNode object, String at, String list, List<Change> changes) {
        for (String key : List.copyOf(object.propertyNames())) {
            String where = at.isEmpty() ? key : at + "." + key;
            JsonNode value = object.path(key);
            if (value.isString()) {
                String before = value.stringValue();
                String after = text(key, list, where, before, changes);
                if (!after.equals(before)) {
                    object.put(key, after);
                }
            } else {
                inside(value, where, CONVERSATIONS.contains(key) ? key : "", changes);
            }
        }
    }

    private void inside(JsonNode value, String where, String list, List<Change> changes) {
        if (value instanceof ObjectNode object) {
            object(object, where, list, changes);
        } else if (value instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                String entry = where + "[" + i + "]";
                JsonNode one = array.get(i);
                if (one.isString()) {
                    String before = one.stringValue();
                    String after = text("", "", entry, before, changes);
                    if (!after.equals(before)) {
                        array.set(i, StringNode.valueOf(after));
                    }
                } else {
                    inside(one, entry, list, changes);
                }
            }
        }
    }

    private String text(String key, String list, String where, String text, List<Change> changes) {
        String now = step(Fix.MOJIBAKE, where, text, Mojibake.repair(text), changes);
        now = step(Fix.CHARACTERS, where, now, Controls.removed(now), changes);
        if (TURNS.contains(key)) {
            now = step(Fix.TRIM, where, now, now.strip(), changes);
        }
        if (key.equals("role") && !list.isEmpty()) {
            String known = ROLES.get(now.strip().toLowerCase(Locale.ROOT));
            now = step(Fix.ROLES, where, now, known == null ? now : known, changes);
        }
        return now;
    }

    private String step(Fix fix, String where, String before, String after, List<Change> changes) {
        if (!fixes.contains(fix) || after.equals(before)) {
            return before;
        }
        changes.add(new Change(fix, where, before, after));
        return after;
    }

    /** Whether an answer that would be trained is empty. */
    static boolean hasEmptyAnswer(ObjectNode row) {
        if (row.has("output") && row.has("instruction")) {
            return isEmpty(row.path("output"));
        }
        for (String list : List.of("messages", "conversations")) {
            for (JsonNode message : row.path(list)) {
                String role = message.path("role").asString(message.path("from").asString(""));
                boolean answers = "assistant".equals(ROLES.get(role));
                boolean trained = message.path("weight").asDouble(1) > 0;
                boolean calls = message.has("tool_calls") || message.has("function_call");
                JsonNode text =
                        message.has("content") ? message.get("content") : message.path("value");
                if (answers && trained && !calls && isEmpty(text)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isEmpty(JsonNode text) {
        return text.isNull() || (text.isString() && text.stringValue().isBlank());
    }
}
