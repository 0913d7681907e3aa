package dev.hone.template;

/**
 * What one template may use, so that a hostile one ends with a {@link TemplateException} instead of
 * a frozen or dead process.
 *
 * @param maxSource longest template source, in UTF-16 units
 * @param maxOutput longest rendered text, in UTF-16 units
 * @param maxWork units of work in one render: one for each evaluated expression, each executed
 *     statement, each element or character produced, and one for sixteen characters looked at
 * @param maxDepth how deep expressions, statements, macro calls and values may nest while rendering
 */
public record Limits(int maxSource, int maxOutput, long maxWork, int maxDepth) {

    /** Far above what any real chat template and conversation needs; bounded within seconds. */
    public static final Limits DEFAULT = new Limits(4_000_000, 32_000_000, 100_000_000L, 600);

    /** Refuses limits that are not positive. */
    public Limits {
        if (maxSource <= 0 || maxOutput <= 0 || maxWork <= 0 || maxDepth <= 0) {
            throw new IllegalArgumentException(
                    "limits must be positive, got maxSource=%d, maxOutput=%d, maxWork=%d, maxDepth=%d"
                            .formatted(maxSource, maxOutput, maxWork, maxDepth));
        }
    }
}
