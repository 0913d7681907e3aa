package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.DynamicMap;
import dev.hone.tensor.Nf4;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/**
 * Puts matrices into 4 bits, to the bit as bitsandbytes 0.50 does on a processor: an element
 * becomes the nearest code to itself times the reciprocal of its block's largest magnitude, the
 * lower one of two as near.
 *
 * <p>Double quantization stores scales less their mean in 8 bits, by the same rule over the values
 * of {@link DynamicMap}. bitsandbytes finds the nearest there by a table of 2¹⁶ positions, so
 * values are rounded to that grid first.
 */
final class Nf4Quantizer {
    /** Halfway between neighbouring codes. */
    private static final float[] BOUNDS = bounds();

    private static final float[] SCALE_MAP = DynamicMap.signed().values();
    private static final double GRID = 32767.5;
    private static final float LEAST_SCALE = 1e-38f;

    private Nf4Quantizer() {}

    private static float[] bounds() {
        float[] bounds = new float[15];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = (Nf4.code(i) + Nf4.code(i + 1)) / 2;
        }
        return bounds;
    }

    /** Quantizes a row-major matrix. */
    static Nf4 quantize(Ops ops, float[] values, Shape shape, boolean doubled) {
        requireWholeBlocks(shape);
        int blocks = values.length / Nf4.BLOCK;
        float[] absmax = new float[blocks];
        byte[] packed = new byte[values.length / 2];
        IntStream.range(0, blocks).parallel().forEach(b -> block(values, b, absmax, packed));
        Tensor bytes = ops.upload(MemorySegment.ofArray(packed), DType.U8, Shape.of(packed.length));
        return new Nf4(shape, bytes, doubled ? quantized(ops, absmax) : plain(ops, absmax));
    }

    /** The tensors of a quantized matrix with undefined content. */
    static Nf4 undefined(Ops ops, Shape shape, boolean doubled) {
        requireWholeBlocks(shape);
        long blocks = shape.elements() / Nf4.BLOCK;
        Tensor packed = ops.empty(DType.U8, shape.elements() / 2);
        return new Nf4(
                shape,
                packed,
                doubled
                        ? new Nf4.Scales.Quantized(
                                ops.empty(DType.U8, blocks),
                                ops.empty(DType.F32, Math.ceilDiv(blocks, Nf4.SCALE_BLOCK)),
                                ops.empty(DType.F32, SCALE_MAP.length),
                                0)
                        : new Nf4.Scales.Plain(ops.empty(DType.F32, blocks)));
    }

    private static void requireWholeBlocks(Shape shape) {
        if (shape.elements() % Nf4.BLOCK != 0) {
            throw new ModelException(
                    "a matrix of shape %s cannot be quantized: its elements must be a multiple of %d"
                            .formatted(shape, Nf4.BLOCK));
        }
    }

    private static void block(float[] values, int block, float[] absmax, byte[] packed) {
        int start = block * Nf4.BLOCK;
        float largest = 0;
        for (int i = start; i < start + Nf4.BLOCK; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        absmax[block] = Math.max(largest, LEAST_SCALE);
        float reciprocal = 1 / absmax[block];
        for (int i = start; i < start + Nf4.BLOCK; i += 2) {
            packed[i / 2] =
                    (byte) (index(values[i] * reciprocal) << 4 | index(values[i + 1] * reciprocal));
        }
    }

    /** The number of bounds below x. */
    private static int index(float x) {
        int low = 0;
        for (int half = 8; half > 0; half /= 2) {
            if (x > BOUNDS[low + half - 1]) {
                low += half;
            }
        }
        return low;
    }

    private static Nf4.Scales plain(Ops ops, float[] absmax) {
        return new Nf4.Scales.Plain(ops.ofFloats(absmax, absmax.length));
    }

    private static Nf4.Scales quantized(Ops ops, float[] absmax) {
        float offset = ops.mean(absmax);
        float[] nested = new float[Math.ceilDiv(absmax.length, Nf4.SCALE_BLOCK)];
        byte[] codes = new byte[absmax.length];
        for (int i = 0; i < absmax.length; i++) {
            int group = i / Nf4.SCALE_BLOCK;
            nested[group] = Math.max(nested[group], Math.abs(absmax[i] - offset));
        }
        for (int i = 0; i < absmax.length; i++) {
            float largest = nested[i / Nf4.SCALE_BLOCK];
            codes[i] = largest == 0 ? 0 : nearestScale((absmax[i] - offset) * (1 / largest));
        }
        return new Nf4.Scales.Quantized(
                ops.upload(MemorySegment.ofArray(codes), DType.U8, Shape.of(codes.length)),
                ops.ofFloats(nested, nested.length),
                ops.ofFloats(SCALE_MAP, SCALE_MAP.length),
                offset);
    }

    private static byte nearestScale(float x) {
        double value = Math.rint((x + 1) * (float) GRID) / GRID - 1;
        int above = 0;
        while (above < SCALE_MAP.length - 1
                && value > ((double) SCALE_MAP[above] + SCALE_MAP[above + 1]) / 2) {
            above++;
        }
        return (byte) above;
    }
}
