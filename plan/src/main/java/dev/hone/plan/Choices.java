package dev.hone.plan;

import dev.hone.data.Suggestion;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What to say where a name is none of those known. */
final class Choices {
    private Choices() {}

    /**
     * The nearest of the names, letter case and punctuation aside; all of them when none is near.
     */
    static String hint(String wanted, List<String> names) {
        Map<String, String> plain = new HashMap<>();
        names.forEach(name -> plain.putIfAbsent(plain(name), name));
        return Suggestion.nearest(plain(wanted), plain.keySet())
                .map(near -> "did you mean '%s'?".formatted(plain.get(near)))
                .orElse("expected one of " + String.join(", ", names));
    }

    /** A name as it is compared: letter case and punctuation aside. */
    static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }
}
