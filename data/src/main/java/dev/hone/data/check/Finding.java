package dev.hone.data.check;

/**
 * One thing found in a file.
 *
 * @param found what was found; secrets and personal data are masked
 * @param accepted what would be accepted instead
 */
public record Finding(Place place, Code code, String found, String accepted) {

    /** As a compiler writes it: {@code file:line: severity code: found; expected accepted}. */
    @Override
    public String toString() {
        return "%s: %s %s: %s%s"
                .formatted(
                        place,
                        code.severity().label(),
                        code.id(),
                        found,
                        accepted.isEmpty() ? "" : "; expected " + accepted);
    }
}
