package dev.hone.model;

import dev.hone.tensor.DynamicMap;
import dev.hone.tensor.Nf4;
import dev.hone.tensor.Ops;

/**
 * Scales in 8 bits, to the bit as bitsandbytes 0.50 does on a processor: less their mean, each
 * becomes the nearest to itself times the reciprocal of its group's largest magnitude among 256
 * values that are dense about zero (Dettmers et al. 2022, arXiv 2110.02861). bitsandbytes finds the
 * nearest by a table of 2¹⁶ positions, so values are rounded to that grid first.
 *
 * @param codes of each scale an index into {@link DynamicMap#signed()}
 * @param nested of each group the largest magnitude
 * @param offset the mean
 */
@SuppressWarnings("ArrayRecordComponent") // arrays are made here and never changed
record DoubleQuantization(byte[] codes, float[] nested, float offset) {
    private static final float[] MAP = DynamicMap.signed().values();

    /** Halfway between neighbours of the map. */
    private static final double[] BOUNDS = bounds();

    private static final double GRID = 32767.5;

    private static double[] bounds() {
        double[] bounds = new double[MAP.length - 1];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = ((double) MAP[i] + MAP[i + 1]) / 2;
        }
        return bounds;
    }

    /**
     * Quantizes scales.
     *
     * @param ops for their mean
     */
    static DoubleQuantization of(Ops ops, float[] scales) {
        float offset = ops.mean(scales);
        float[] nested = new float[Math.ceilDiv(scales.length, Nf4.SCALE_BLOCK)];
        byte[] codes = new byte[scales.length];
        for (int i = 0; i < scales.length; i++) {
            int group = i / Nf4.SCALE_BLOCK;
            nested[group] = Math.max(nested[group], Math.abs(scales[i] - offset));
        }
        for (int i = 0; i < scales.length; i++) {
            float largest = nested[i / Nf4.SCALE_BLOCK];
            codes[i] = largest == 0 ? 0 : (byte) nearest((scales[i] - offset) * (1 / largest));
        }
        return new DoubleQuantization(codes, nested, offset);
    }

    /** The index of the value nearest to x: the number of bounds below it. */
    static int nearest(float x) {
        double value = Math.rint((x + 1) * (float) GRID) / GRID - 1;
        int low = 0;
        for (int half = 128; half > 0; half /= 2) {
            if (value > BOUNDS[low + half - 1]) {
                low += half;
            }
        }
        return low;
    }

    /** The scales that this stands for. */
    float[] scales() {
        float[] scales = new float[codes.length];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = MAP[codes[i] & 0xff] * nested[i / Nf4.SCALE_BLOCK] + offset;
        }
        return scales;
    }
}
