package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.DynamicMap;
import dev.hone.tensor.Nf4;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.DoubleConsumer;

/**
 * Puts matrices into 4 bits, to the bit as bitsandbytes 0.50 does on a processor: an element
 * becomes the nearest code to itself times the reciprocal of its block's largest magnitude, the
 * lower one of two as near.
 *
 * @param doubled whether scales are quantized too, see {@link DoubleQuantization}
 */
record Nf4Quantizer(boolean doubled) implements Quantizer {
    private static final int CODES = 16;

    /** Halfway between neighbouring codes. */
    private static final float[] BOUNDS = bounds();

    private static final float LEAST_SCALE = 1e-38f;

    /** Elements that are read at a time. */
    private static final int RUN = 256 * Nf4.BLOCK;

    private static float[] bounds() {
        float[] bounds = new float[CODES - 1];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = (Nf4.code(i) + Nf4.code(i + 1)) / 2;
        }
        return bounds;
    }

    @Override
    public QuantizedMatrix quantize(Ops ops, String name, HostValues values, Shape shape) {
        requireWholeBlocks(name, shape);
        float[] absmax = absmax(name, values);
        Tensor packed = bytes(ops, packed(values, absmax));
        if (!doubled) {
            return new Nf4(shape, packed, new Nf4.Scales.Plain(floats(ops, absmax)));
        }
        DoubleQuantization scales = DoubleQuantization.of(ops, absmax);
        return new Nf4(
                shape,
                packed,
                new Nf4.Scales.Quantized(
                        bytes(ops, scales.codes()),
                        floats(ops, scales.nested()),
                        floats(ops, DynamicMap.signed().values()),
                        scales.offset()));
    }

    private static Tensor bytes(Ops ops, byte[] bytes) {
        return ops.upload(MemorySegment.ofArray(bytes), DType.U8, Shape.of(bytes.length));
    }

    private static Tensor floats(Ops ops, float[] values) {
        return ops.ofFloats(values, values.length);
    }

    @Override
    public QuantizedMatrix undefined(Ops ops, String name, Shape shape) {
        requireWholeBlocks(name, shape);
        long blocks = shape.elements() / Nf4.BLOCK;
        Tensor packed = ops.empty(DType.U8, shape.elements() / 2);
        return new Nf4(
                shape,
                packed,
                doubled
                        ? new Nf4.Scales.Quantized(
                                ops.empty(DType.U8, blocks),
                                ops.empty(DType.F32, Math.ceilDiv(blocks, Nf4.SCALE_BLOCK)),
                                ops.empty(DType.F32, 256),
                                0)
                        : new Nf4.Scales.Plain(ops.empty(DType.F32, blocks)));
    }

    @Override
    public List<SafetensorsWriter.Content> contents(
            Ops ops, String name, HostValues values, Shape shape, DoubleConsumer error) {
        requireWholeBlocks(name, shape);
        return new Nf4Contents(ops, name, values, shape, error).tensors(doubled);
    }

    private static void requireWholeBlocks(String name, Shape shape) {
        if (shape.elements() % Nf4.BLOCK != 0) {
            throw new ModelException(
                    "tensor '%s': a matrix of shape %s cannot be quantized to nf4: its elements must be a multiple of %d"
                            .formatted(name, shape, Nf4.BLOCK));
        }
    }

    /** The largest magnitude of each block. */
    static float[] absmax(String name, HostValues values) {
        float[] absmax = new float[Math.toIntExact(values.count() / Nf4.BLOCK)];
        values.inRuns(
                RUN,
                (from, run) -> {
                    for (int i = 0; i < run.length; i += Nf4.BLOCK) {
                        absmax[(int) ((from + i) / Nf4.BLOCK)] = largest(run, i);
                    }
                });
        for (float largest : absmax) {
            if (!Float.isFinite(largest)) {
                throw new ModelException(
                        "tensor '%s' holds %s: only finite numbers can be quantized"
                                .formatted(name, largest));
            }
        }
        return absmax;
    }

    private static float largest(float[] values, int from) {
        float largest = LEAST_SCALE;
        for (int i = from; i < from + Nf4.BLOCK; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    /** The indices of all elements, two a byte. */
    static byte[] packed(HostValues values, float[] absmax) {
        byte[] packed = new byte[Math.toIntExact(values.count() / 2)];
        values.inRuns(
                RUN,
                (from, run) -> {
                    for (int i = 0; i < run.length; i += Nf4.BLOCK) {
                        float reciprocal = 1 / absmax[(int) ((from + i) / Nf4.BLOCK)];
                        pack(run, i, reciprocal, packed, (int) ((from + i) / 2));
                    }
                });
        return packed;
    }

    private static void pack(float[] values, int from, float reciprocal, byte[] packed, int into) {
        for (int i = 0; i < Nf4.BLOCK; i += 2) {
            int first = index(values[from + i] * reciprocal);
            int second = index(values[from + i + 1] * reciprocal);
            packed[into + i / 2] = (byte) (first << 4 | second);
        }
    }

    /** The number of bounds below x. */
    private static int index(float x) {
        int low = 0;
        for (int half = CODES / 2; half > 0; half /= 2) {
            if (x > BOUNDS[low + half - 1]) {
                low += half;
            }
        }
        return low;
    }
}
