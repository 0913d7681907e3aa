package dev.hone.starter.pretraining;

import dev.hone.starter.Draw;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes tasks that copy: repeat exactly, quote, look up a key, point into a list, change one thing
 * and keep the rest.
 */
record Copying(Values values) implements Writer {
    @Override
    public List<Exchange> write() {
        Draw draw = values.draw();
        return switch (draw.below(8)) {
            case 0, 1 -> repeat(draw);
            case 2, 3 -> lookup(draw);
            case 4, 5 -> list(draw);
            case 6 -> edit(draw);
            default -> byExample(draw);
        };
    }

    /** Several values of mixed kinds joined the way people join them. */
    private String mixture(int count) {
        Draw draw = values.draw();
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(values.any());
        }
        return String.join(draw.of(" ", ", ", "; ", " - ", " / ", " and ", "\n"), parts);
    }

    private List<Exchange> repeat(Draw draw) {
        List<Exchange> out = new ArrayList<>();
        int count = draw.between(1, 3);
        for (int i = 0; i < count; i++) {
            String text = mixture(draw.between(1, 6));
            out.add(
                    switch (draw.below(6)) {
                        case 0 ->
                                new Exchange(
                                        draw.of(
                                                        "Repeat exactly: ",
                                                        "Copy this: ",
                                                        "Say after me: ",
                                                        "Echo: ",
                                                        "Write this again: ")
                                                + text,
                                        text);
                        case 1 -> new Exchange("Put this in quotes: " + text, "\"" + text + "\"");
                        case 2 ->
                                new Exchange(
                                        "Write this twice, on two lines: " + text,
                                        text + "\n" + text);
                        case 3 ->
                                new Exchange(
                                        "Put this in square brackets: " + text, "[" + text + "]");
                        case 4 ->
                                new Exchange("What stands between the stars? *" + text + "*", text);
                        default -> {
                            String tag = draw.of("b", "i", "p", "note", "item", "name", "value");
                            yield new Exchange(
                                    "Wrap in a " + tag + " tag: " + text,
                                    "<" + tag + ">" + text + "</" + tag + ">");
                        }
                    });
        }
        return out;
    }

    private List<Exchange> lookup(Draw draw) {
        int size = draw.between(3, 9);
        List<String> keys = new ArrayList<>();
        List<String> held = new ArrayList<>();
        String keyKind =
                draw.of(
                        "first",
                        "thing",
                        "code",
                        "invented",
                        "name",
                        "town",
                        "animal",
                        "key",
                        "letters");
        String valueKind =
                draw.of(
                        "int",
                        "colour",
                        "code",
                        "invented",
                        "name",
                        "town",
                        "price",
                        "phone",
                        "product",
                        "date",
                        "email",
                        "any");
        for (int i = 0; i < size; i++) {
            String key = values.of(keyKind);
            if (!keys.contains(key)) {
                keys.add(key);
                held.add(valueKind.equals("any") ? values.any() : values.of(valueKind));
            }
        }
        String middle = draw.of(": ", " = ", " -> ", " is ", " has ", "\t", " | ");
        StringBuilder table = new StringBuilder();
        for (int i = 0; i < keys.size(); i++) {
            table.append(keys.get(i)).append(middle).append(held.get(i)).append('\n');
        }
        List<Exchange> out = new ArrayList<>();
        String lead = table + draw.of("", "\n");
        for (int i : draw.some(indices(keys.size()), Math.min(keys.size(), draw.between(2, 5)))) {
            String key = keys.get(i);
            String value = held.get(i);
            out.add(
                    switch (draw.below(5)) {
                        case 0 -> new Exchange(lead + "What belongs to " + key + "?", value);
                        case 1 -> new Exchange(lead + key + "?", value);
                        case 2 ->
                                new Exchange(
                                        lead + "Give the line for " + key + ".",
                                        key + middle + value);
                        case 3 ->
                                new Exchange(
                                        lead + "What stands beside " + key + "?",
                                        "Beside " + key + " stands " + value + ".");
                        default -> new Exchange(lead + "Find " + key + ".", key + ": " + value);
                    });
            lead = "";
        }
        return out;
    }

    private List<Exchange> list(Draw draw) {
        String kind =
                draw.of(
                        "first",
                        "thing",
                        "food",
                        "town",
                        "invented",
                        "code",
                        "animal",
                        "colour",
                        "int",
                        "name",
                        "product");
        List<String> items = new ArrayList<>();
        int size = draw.between(3, 7);
        while (items.size() < size) {
            String item = values.of(kind);
            if (!items.contains(item)) {
                items.add(item);
            }
        }
        String joined = String.join(", ", items);
        String lead = draw.of("List: ", "Here is a list: ", "Items: ", "") + joined + "\n";
        int at = draw.below(size);
        String nth = draw.of("first", "second", "third", "last");
        String pointed =
                nth.equals("last")
                        ? items.getLast()
                        : items.get(List.of("first", "second", "third").indexOf(nth));
        List<String> without = new ArrayList<>(items);
        without.remove(at);
        List<Exchange> out = new ArrayList<>();
        for (int turn = draw.between(1, 3); turn > 0; turn--) {
            out.add(
                    switch (draw.below(9)) {
                        case 0 -> new Exchange(lead + "Which one is " + nth + "?", pointed);
                        case 1 ->
                                new Exchange(
                                        lead + "Write one per line.", String.join("\n", items));
                        case 2 -> new Exchange(lead + "Number them.", numbered(items));
                        case 3 ->
                                new Exchange(
                                        lead + "Leave out " + items.get(at) + ".",
                                        String.join(", ", without));
                        case 4 ->
                                new Exchange(
                                        lead + "Make bullet points.",
                                        "- " + String.join("\n- ", items));
                        case 5 ->
                                new Exchange(
                                        lead + "In reverse order, please.",
                                        String.join(", ", items.reversed()));
                        case 6 -> new Exchange(lead + "How many are there?", "" + size);
                        case 7 ->
                                new Exchange(
                                        lead + "As a JSON array.",
                                        "[\"" + String.join("\",\"", items) + "\"]");
                        default -> {
                            String before = items.get(Math.max(1, at) - 1);
                            yield new Exchange(
                                    lead + "What comes after " + before + "?",
                                    items.get(Math.max(1, at)));
                        }
                    });
            lead = "";
        }
        return out;
    }

    private List<Exchange> edit(Draw draw) {
        String old = values.any();
        String fresh = values.any();
        String before = mixture(draw.between(1, 3));
        String after = mixture(draw.between(1, 3));
        String text = before + " " + old + " " + after;
        return List.of(
                switch (draw.below(5)) {
                    case 0, 1 ->
                            new Exchange(
                                    text
                                            + "\n"
                                            + draw.of(
                                                            "Replace %s with %s.",
                                                            "Write %2$s instead of %1$s.")
                                                    .formatted(old, fresh),
                                    before + " " + fresh + " " + after);
                    case 2 -> {
                        String title = values.of(draw.of("title", "name", "town"));
                        yield new Exchange(
                                "In capital letters: " + title, title.toUpperCase(Locale.ROOT));
                    }
                    case 3 -> {
                        String word = values.of(draw.of("thing", "first", "town", "invented"));
                        yield new Exchange(
                                "Spell " + word + ".",
                                String.join("-", word.toUpperCase(Locale.ROOT).split("")));
                    }
                    default -> {
                        String word =
                                draw.of(
                                        values.of("colour"),
                                        values.of("thing"),
                                        values.of("food"),
                                        values.of("job"));
                        yield new Exchange(
                                "Begin with a capital letter: " + word, Values.capital(word));
                    }
                });
    }

    /** A pattern shown by examples and asked for once more. */
    private List<Exchange> byExample(Draw draw) {
        String left = draw.of("", "<", "\"", "(", "* ", "to ");
        String right = draw.of("", ">", "\"", ")", "!", ".");
        String between = draw.of(" => ", ": ", " - ", " becomes ", "\t");
        String prefix =
                draw.of("", values.invented() + " ", "my ", "No. ", values.letters(2) + "-");
        String kind = draw.of("first", "code", "thing", "int", "invented", "town", "name");
        boolean twice = draw.chance(0.3);
        StringBuilder shown = new StringBuilder();
        String last = "";
        String answer = "";
        for (int i = draw.between(3, 5); i >= 0; i--) {
            last = values.of(kind);
            answer = left + prefix + last + (twice ? " " + last : "") + right;
            if (i > 0) {
                shown.append(last).append(between).append(answer).append('\n');
            }
        }
        return List.of(new Exchange(shown + last + between.stripTrailing(), answer));
    }

    private static String numbered(List<String> items) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < items.size(); i++) {
            out.append(i == 0 ? "" : "\n").append(i + 1).append(". ").append(items.get(i));
        }
        return out.toString();
    }

    static List<Integer> indices(int size) {
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            indices.add(i);
        }
        return indices;
    }
}
