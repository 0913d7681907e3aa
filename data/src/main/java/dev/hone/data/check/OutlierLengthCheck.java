package dev.hone.data.check;

import java.util.Arrays;

/**
 * Answers whose length is out of all proportion: by the median and the median absolute deviation of
 * the logarithm, which a few extreme rows do not move. A sketch is four bytes.
 *
 * <p>Source: Iglewicz, Hoaglin, How to detect and handle outliers, 1993 (modified z-score).
 */
final class OutlierLengthCheck implements Check.OfAll<Integer> {

    private static final int FEWEST_ROWS = 100;

    /** A modified z-score from which a length is out of proportion. */
    private static final double FAR = 5;

    /** Lengths within this factor of the median are never reported, however even the rest is. */
    private static final double NEAR = 5;

    /** Makes the deviation comparable with a standard deviation. */
    private static final double SCALE = 1.4826;

    private final Places places;
    private int[] lengths = new int[1024];
    private int size;

    OutlierLengthCheck(Places places) {
        this.places = places;
    }

    /** Characters that are trained, 0 if that is nothing or unknown. */
    @Override
    public Integer sketch(CheckedRow row) {
        long length = 0;
        for (CheckedRow.Part part : row.parts()) {
            length += part.trained() ? part.text().length() : 0;
        }
        return (int) Math.min(length, Integer.MAX_VALUE);
    }

    @Override
    public void add(CheckedRow row, Integer length, Findings out) {
        if (size == lengths.length) {
            lengths = Arrays.copyOf(lengths, Math.multiplyExact(2, size));
        }
        lengths[size++] = length;
    }

    @Override
    public void finish(Findings out) {
        float[] logs = new float[size];
        int known = 0;
        for (int i = 0; i < size; i++) {
            if (lengths[i] > 0) {
                logs[known++] = (float) Math.log(lengths[i]);
            }
        }
        if (known < FEWEST_ROWS) {
            return;
        }
        float median = median(logs, known);
        for (int i = 0; i < known; i++) {
            logs[i] = Math.abs(logs[i] - median);
        }
        double reach = Math.max(FAR * SCALE * median(logs, known), Math.log(NEAR));
        long typical = Math.round(Math.exp(median));
        for (int row = 0; row < size; row++) {
            if (lengths[row] > 0 && Math.abs(Math.log(lengths[row]) - median) > reach) {
                out.add(
                        new Finding(
                                places.get(row),
                                Code.OUTLIER_LENGTH,
                                "%,d characters are trained, and %,d in the median row"
                                        .formatted(lengths[row], typical),
                                "%,d to %,d"
                                        .formatted(
                                                Math.round(Math.exp(median - reach)),
                                                Math.round(Math.exp(median + reach)))));
            }
        }
    }

    private static float median(float[] values, int count) {
        Arrays.sort(values, 0, count);
        return values[count / 2];
    }
}
