package dev.hone.data.check;

import java.util.Locale;

/** How bad a finding is, worst first. */
public enum Severity {
    /** Training refuses the row, or harm is certain. */
    ERROR,
    /** It trains, and probably teaches something that is not meant. */
    WARNING,
    /** Worth a look. */
    NOTE;

    /** In words: {@code error}, {@code warning}, {@code note}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
