package dev.hone.data.check;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A change that {@link DataFix} makes, in the order in which they are made. Each can be left out.
 */
public enum Fix {
    MOJIBAKE("repairs UTF-8 that was decoded as Windows-1252, such as Ã© for é"),
    CHARACTERS("takes out control characters and halves of surrogate pairs"),
    TRIM("takes spaces and empty lines from the ends of turns"),
    ROLES("writes roles as they are accepted, such as assistant for Assistant, gpt or bot"),
    EMPTY_ANSWERS("leaves out rows with an empty answer that would be trained"),
    EXACT_DUPLICATES("leaves out rows that are the same as an earlier one");

    private final String what;

    Fix(String what) {
        this.what = what;
    }

    /** The name on the command line, for example {@code exact-duplicates}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it does. */
    public String what() {
        return what;
    }

    /** The fix of an {@link #id()}. */
    public static Optional<Fix> of(String id) {
        return Arrays.stream(values()).filter(fix -> fix.id().equals(id)).findFirst();
    }

    /** All names. */
    public static List<String> ids() {
        return Arrays.stream(values()).map(Fix::id).toList();
    }
}
