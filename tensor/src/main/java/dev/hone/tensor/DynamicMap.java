package dev.hone.tensor;

import java.util.Arrays;

/**
 * The 256 values that numbers of magnitude at most 1 are stored as in 8 bits, dense about zero:
 * dynamic tree quantization (Dettmers et al. 2022, arXiv 2110.02861), with the values of
 * bitsandbytes.
 *
 * <p>A value is found as the kernels of bitsandbytes' optimizers find it: the nearest, of two as
 * near the one of even index; and a negative number never becomes zero.
 */
public final class DynamicMap {
    private static final DynamicMap SIGNED = new DynamicMap(signedValues(), true);
    private static final DynamicMap UNSIGNED = new DynamicMap(unsignedValues(), false);

    private final float[] values;

    /** A number has the code that is the number of bounds below it. */
    private final float[] bounds;

    /** By the upper half of a float's bits: the number of bounds below the least such float. */
    private final byte[] below;

    private DynamicMap(float[] values, boolean signed) {
        this.values = values;
        this.bounds = bounds(values);
        if (signed) {
            // The last negative value is what is left for all that is below zero.
            bounds[Arrays.binarySearch(values, 0f) - 1] = -Float.MIN_VALUE;
        }
        this.below = below(bounds);
    }

    /** Values from −0.993 to 1. */
    public static DynamicMap signed() {
        return SIGNED;
    }

    /** Values from 0 to 1. */
    public static DynamicMap unsigned() {
        return UNSIGNED;
    }

    /**
     * For each power of ten from 10⁻⁶ to 1, the middles of 2ⁱ equal parts of [0.1, 1] with both
     * signs, and 0 and 1.
     */
    private static float[] signedValues() {
        float[] map = new float[256];
        int n = 0;
        for (int i = 0; i < 7; i++) {
            int parts = 1 << i;
            for (int j = 0; j < parts; j++) {
                float value = middle(i, j, parts);
                map[n++] = value;
                map[n++] = -value;
            }
        }
        return completed(map, n);
    }

    /** The same with twice the parts and no sign. */
    private static float[] unsignedValues() {
        float[] map = new float[256];
        int n = 0;
        for (int i = 0; i < 7; i++) {
            int parts = 2 << i;
            for (int j = 0; j < parts; j++) {
                map[n++] = middle(i, j, parts);
            }
        }
        return completed(map, n);
    }

    private static float[] completed(float[] map, int n) {
        map[n] = 0;
        map[n + 1] = 1;
        Arrays.sort(map);
        return map;
    }

    private static float middle(int i, int j, int parts) {
        float power = (float) Math.pow(10, i - 6);
        return power * ((border(j, parts) + border(j + 1, parts)) / 2);
    }

    /** Border j of the parts of [0.1, 1], counted from the nearer end. */
    private static float border(int j, int parts) {
        float step = (1 - 0.1f) / parts;
        return j < (parts + 1) / 2 ? Math.fma(step, j, 0.1f) : Math.fma(-step, parts - j, 1f);
    }

    private static float[] bounds(float[] values) {
        float[] bounds = new float[values.length - 1];
        for (int i = 0; i < bounds.length; i++) {
            float middle = (values[i] + values[i + 1]) * 0.5f;
            bounds[i] = i % 2 == 0 ? middle : Math.nextDown(middle);
        }
        return bounds;
    }

    private static byte[] below(float[] bounds) {
        byte[] below = new byte[1 << 16];
        for (int upper = 0; upper < below.length; upper++) {
            boolean negative = upper >= 1 << 15;
            float least = Float.intBitsToFloat(upper << 16 | (negative ? 0xffff : 0));
            int count = 0;
            while (count < bounds.length && least > bounds[count]) {
                count++;
            }
            below[upper] = (byte) count;
        }
        return below;
    }

    /** The value of a code, from 0 to 255. */
    public float value(int code) {
        return values[code];
    }

    /** The code that {@code x}, from −1 to 1, is stored as. */
    public int nearest(float x) {
        int code = below[Float.floatToRawIntBits(x) >>> 16] & 255;
        while (code < bounds.length && x > bounds[code]) {
            code++;
        }
        return code;
    }

    /** All values, by code. */
    public float[] values() {
        return values.clone();
    }

    /**
     * The 255 bounds between codes: a number has the code that is the number of bounds below it.
     */
    public float[] bounds() {
        return bounds.clone();
    }
}
