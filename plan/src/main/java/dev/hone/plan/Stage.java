package dev.hone.plan;

/**
 * One stage of a run.
 *
 * @param format of what is written, where there are several; else empty
 * @param deviceBytes on the card, or of tensors in memory when the processor computes
 * @param hostBytes in memory besides
 * @param diskBytes written, or read for {@code load}
 * @param counted whether the device's bytes are counted on paper; else all three are by formula
 */
public record Stage(
        String name,
        String format,
        long deviceBytes,
        long hostBytes,
        long diskBytes,
        boolean counted) {

    static Stage counted(String name, long deviceBytes, long hostBytes, long diskBytes) {
        return new Stage(name, "", deviceBytes, hostBytes, diskBytes, true);
    }

    /** On the host alone. */
    static Stage byFormula(String name, String format, long hostBytes, long diskBytes) {
        return new Stage(name, format, 0, hostBytes, diskBytes, false);
    }
}
