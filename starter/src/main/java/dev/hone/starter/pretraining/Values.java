package dev.hone.starter.pretraining;

import dev.hone.starter.Draw;
import java.util.List;
import java.util.Locale;

/**
 * Draws values that a text can mention: names, places, numbers, dates, codes, words that exist and
 * words that do not. Invented words keep the model from learning by heart what it should learn to
 * copy.
 */
record Values(Words words, Draw draw) {
    private static final List<String> KINDS =
            List.of(
                    "name",
                    "first",
                    "town",
                    "thing",
                    "food",
                    "animal",
                    "colour",
                    "job",
                    "place",
                    "material",
                    "subject",
                    "int",
                    "big",
                    "price",
                    "date",
                    "iso",
                    "time",
                    "code",
                    "email",
                    "phone",
                    "invented",
                    "year",
                    "day",
                    "street",
                    "company",
                    "product",
                    "measure",
                    "adjective",
                    "title",
                    "amount",
                    "letters");

    /** A value of any kind. */
    String any() {
        return of(draw.of(KINDS));
    }

    /** A value of a kind: one that this class makes, or a word list's name. */
    String of(String kind) {
        return switch (kind) {
            case "first" -> draw.chance(0.35) ? invented() : word("first");
            case "last" -> draw.chance(0.35) ? invented() : word("last");
            case "name" -> of("first") + " " + of("last");
            case "town" -> draw.chance(0.3) ? invented() : word("town");
            case "int" -> Integer.toString(draw.below(draw.of(10, 100, 1000)));
            case "few" -> Integer.toString(draw.between(2, 12));
            case "big" -> Integer.toString(draw.between(1000, draw.of(9999, 99999, 9999999)));
            case "year" -> Integer.toString(draw.between(1850, 2035));
            case "price" -> draw.below(draw.of(10, 100, 1000)) + "." + twoDigits(draw.below(100));
            case "amount" -> Figures.money(draw);
            case "date" -> Calendar.draw(draw).written(draw.below(5));
            case "iso" -> Calendar.draw(draw).iso();
            case "time" -> draw.between(0, 23) + ":" + twoDigits(draw.below(60));
            case "code" -> code();
            case "email" -> email();
            case "phone" -> phone();
            case "invented" -> invented();
            case "letters" -> letters(draw.between(2, 7));
            case "address" -> draw.between(1, 220) + " " + word("street");
            case "company" ->
                    invented()
                            + " "
                            + draw.of("Ltd", "Works", "& Sons", "Labs", "Press", "Group", "House");
            case "product" -> product();
            case "measure" -> draw.between(1, 900) + " " + word("unit");
            case "title" ->
                    "The "
                            + capital(word("adjective"))
                            + " "
                            + capital(draw.of(word("thing"), word("animal")));
            default -> word(kind);
        };
    }

    private String word(String kind) {
        return draw.of(words.all(kind));
    }

    /** A word that exists in no language, with a capital letter, such as {@code Talvoken}. */
    String invented() {
        StringBuilder word = new StringBuilder();
        int syllables = draw.of(2, 2, 2, 3, 3, 1);
        for (int i = 0; i < syllables; i++) {
            word.append(
                    draw.of(
                            "b", "br", "c", "ch", "d", "dr", "f", "g", "gr", "h", "j", "k", "kl",
                            "l", "m", "n", "p", "pr", "qu", "r", "s", "sh", "st", "t", "th", "tr",
                            "v", "w", "y", "z", ""));
            word.append(
                    draw.of(
                            "a", "e", "i", "o", "u", "a", "e", "i", "o", "ai", "ea", "ou", "y",
                            "oo"));
            word.append(
                    draw.of(
                            "", "", "", "l", "n", "r", "s", "m", "t", "ck", "nd", "rt", "ll", "x",
                            "d", "g"));
        }
        if (word.length() < 3) {
            word.append(draw.of("n", "rin", "dor", "la", "vik"));
        }
        return capital(word.toString());
    }

    /** Letters that spell nothing. */
    String letters(int count) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < count; i++) {
            word.append((char) ('a' + draw.below(26)));
        }
        return word.toString();
    }

    /** A name for something sold, such as {@code Norvik Lamp 40} or {@code copper kettle}. */
    private String product() {
        String thing = word("thing");
        return switch (draw.below(5)) {
            case 0 -> invented() + " " + thing;
            case 1 -> word("material") + " " + thing;
            case 2 -> word("colour") + " " + thing;
            case 3 -> invented() + " " + draw.between(2, 900);
            default -> capital(word("adjective")) + " " + capital(thing);
        };
    }

    private String code() {
        StringBuilder code = new StringBuilder();
        String shape =
                draw.of(
                        "AA-999",
                        "A99",
                        "AAA-9999",
                        "9999-AA",
                        "#9999",
                        "A-99999",
                        "AA99AA",
                        "99/999",
                        "xxxx-xxxx",
                        "x9x9x9",
                        "AAA999999",
                        "No. 99999",
                        "999-999",
                        "A9-A9",
                        "99999999",
                        "AA/99/999");
        for (int i = 0; i < shape.length(); i++) {
            char c = shape.charAt(i);
            code.append(
                    switch (c) {
                        case 'A' -> shape.startsWith("No") ? c : (char) ('A' + draw.below(26));
                        case '9' -> (char) ('0' + draw.below(10));
                        case 'x' -> "0123456789abcdef".charAt(draw.below(16));
                        default -> c;
                    });
        }
        return code.toString();
    }

    private String email() {
        String user =
                draw.chance(0.5)
                        ? of("first").toLowerCase(Locale.ROOT)
                        : of("first").toLowerCase(Locale.ROOT)
                                + draw.of(".", "_", "")
                                + of("last").toLowerCase(Locale.ROOT);
        return user
                + "@"
                + draw.of("mail", "post", "example", invented().toLowerCase(Locale.ROOT), "web")
                + draw.of(".com", ".org", ".net", ".eu", ".io");
    }

    private String phone() {
        StringBuilder phone = new StringBuilder(draw.of("", "+", "0"));
        for (int group = draw.between(2, 4); group > 0; group--) {
            phone.append(draw.between(10, 999)).append(group == 1 ? "" : draw.of(" ", "-", " "));
        }
        return phone.toString();
    }

    static String capital(String word) {
        return word.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }

    static String twoDigits(int number) {
        return number < 10 ? "0" + number : Integer.toString(number);
    }
}
