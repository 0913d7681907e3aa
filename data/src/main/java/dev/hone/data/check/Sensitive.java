package dev.hone.data.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Secrets and personal data in a text. A kind of them is one class and one line in {@link #ALL}.
 */
sealed interface Sensitive permits Secrets, Emails, PhoneNumbers, CardNumbers, Ibans {

    /** All kinds. */
    List<Sensitive> ALL =
            List.of(
                    new Secrets(),
                    new Emails(),
                    new CardNumbers(),
                    new Ibans(),
                    new PhoneNumbers());

    /**
     * Where one stands.
     *
     * @param what in words, with its article: {@code an AWS access key}
     * @param start first character
     * @param end one past the last character
     */
    record Hit(String what, int start, int end) {}

    /** What a finding of this kind is reported as. */
    Code code();

    /** What is accepted instead. */
    String accepted();

    /** All of this kind in a text, in order. */
    List<Hit> find(String text);

    /** The text with all that is sensitive made unreadable. It stays as long as it is. */
    static String mask(String text) {
        StringBuilder masked = null;
        for (Sensitive kind : ALL) {
            for (Hit hit : kind.find(text)) {
                if (masked == null) {
                    masked = new StringBuilder(text);
                }
                for (int i = hit.start() + shown(hit); i < hit.end(); i++) {
                    if (Character.isLetterOrDigit(text.charAt(i))) {
                        masked.setCharAt(i, '•');
                    }
                }
            }
        }
        return masked == null ? text : masked.toString();
    }

    /** A hit as it may be printed. */
    static String mask(String text, Hit hit) {
        String masked = mask(text).substring(hit.start(), hit.end());
        return masked.length() <= 40 ? masked : masked.substring(0, 40) + "…";
    }

    private static int shown(Hit hit) {
        return Math.min(4, (hit.end() - hit.start()) / 4);
    }

    /** Hits that no earlier one covers. */
    static List<Hit> apart(List<Hit> hits) {
        List<Hit> kept = new ArrayList<>();
        for (Hit hit : hits) {
            if (kept.stream()
                    .noneMatch(other -> hit.start() < other.end() && other.start() < hit.end())) {
                kept.add(hit);
            }
        }
        return kept;
    }
}
