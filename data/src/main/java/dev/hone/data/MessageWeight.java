package dev.hone.data;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The training weight that a message carries: {@code weight} (OpenAI, from 0 to 1), {@code
 * loss_weight} (LLaMA-Factory), or {@code train} (Axolotl, true or false).
 */
final class MessageWeight {

    /** Keys that carry it; a message has one of them at most. */
    static final List<String> KEYS = List.of("weight", "loss_weight", "train");

    private MessageWeight() {}

    /** The weight of a message, 1 if it says none. */
    static float read(JsonNode message, String name, String role) throws RowFault {
        List<String> found = KEYS.stream().filter(message::hasNonNull).toList();
        if (found.isEmpty()) {
            return 1f;
        }
        if (found.size() > 1) {
            throw new RowFault("%s has %s; expected one of them".formatted(name, found));
        }
        String key = found.getFirst();
        JsonNode value = message.path(key);
        double weight = key.equals("train") ? flag(value, name) : number(value, name, key);
        if (!role.equals("assistant") && weight > 0) {
            throw new RowFault(
                    ("%s.%s is %s, but its role is %s; only assistant messages are"
                                    + " trained, remove the %s")
                            .formatted(name, key, value, role, key));
        }
        return (float) weight;
    }

    private static double number(JsonNode value, String name, String key) throws RowFault {
        if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() <= 1)) {
            throw new RowFault(
                    "%s.%s is %s; expected a number from 0 to 1"
                            .formatted(name, key, Fields.describe(value)));
        }
        return value.doubleValue();
    }

    private static double flag(JsonNode value, String name) throws RowFault {
        if (!value.isBoolean()) {
            throw new RowFault(
                    "%s.train is %s; expected true or false"
                            .formatted(name, Fields.describe(value)));
        }
        return value.booleanValue() ? 1 : 0;
    }
}
