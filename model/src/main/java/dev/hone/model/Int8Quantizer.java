package dev.hone.model;

import dev.hone.model.SafetensorsWriter.Content;
import dev.hone.tensor.DType;
import dev.hone.tensor.Int8;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.DoubleConsumer;

/**
 * Puts matrices into 8 bits by rows, to the bit as bitsandbytes 0.50 does on a processor: elements
 * are rounded to fp16 first; then one becomes itself times (1/absmax)·127, each step rounded to
 * fp32, and that the nearest whole number, the even one of two as near.
 */
record Int8Quantizer() implements Quantizer {
    private static final float MOST = 127;

    /** About as many elements are read at a time, in whole rows. */
    private static final int RUN = 1 << 14;

    @Override
    public QuantizedMatrix quantize(Ops ops, String name, HostValues values, Shape shape) {
        float[] absmax = absmax(name, values, shape);
        return new Int8(
                ops.upload(MemorySegment.ofArray(elements(values, shape, absmax)), DType.I8, shape),
                ops.ofFloats(absmax, absmax.length));
    }

    @Override
    public QuantizedMatrix undefined(Ops ops, String name, Shape shape) {
        return new Int8(ops.empty(DType.I8, shape.dims()), ops.empty(DType.F32, shape.dim(0)));
    }

    @Override
    public List<Content> contents(
            Ops ops, String name, HostValues values, Shape shape, DoubleConsumer error) {
        float[] absmax = absmax(name, values, shape);
        return List.of(
                new Content(
                        name,
                        "I8",
                        shape,
                        () -> {
                            byte[] elements = elements(values, shape, absmax);
                            error.accept(error(values, shape, absmax, elements));
                            return MemorySegment.ofArray(elements);
                        }),
                new Content(
                        Int8File.absmax(name),
                        "F32",
                        Shape.of(absmax.length),
                        () -> MemorySegment.ofArray(absmax)),
                new Content(
                        Int8File.format(name),
                        "U8",
                        Shape.of(),
                        () -> MemorySegment.ofArray(new byte[] {Int8File.ROWS})));
    }

    private static double error(HostValues values, Shape shape, float[] absmax, byte[] elements) {
        return RelativeError.of(
                values,
                (from, into) -> {
                    for (int i = 0; i < into.length; i++) {
                        int at = Math.toIntExact(from + i);
                        float scale = absmax[(int) (at / shape.dim(1))];
                        into[i] = elements[at] * scale * Int8.STEP;
                    }
                });
    }

    /** The largest magnitude of each row. */
    private static float[] absmax(String name, HostValues values, Shape shape) {
        float[] absmax = new float[Math.toIntExact(shape.dim(0))];
        inRows(
                values,
                shape,
                (row, run, from, to) -> {
                    float largest = 0;
                    for (int i = from; i < to; i++) {
                        largest = Math.max(largest, Math.abs(half(run[i])));
                    }
                    absmax[row] = largest;
                });
        for (float largest : absmax) {
            if (!Float.isFinite(largest)) {
                throw new ModelException(
                        "tensor '%s' holds %s in fp16, which int8 is made from: only finite numbers can be quantized; nf4 has no such limit at 65504"
                                .formatted(name, largest));
            }
        }
        return absmax;
    }

    private static byte[] elements(HostValues values, Shape shape, float[] absmax) {
        byte[] elements = new byte[Math.toIntExact(shape.elements())];
        int width = Math.toIntExact(shape.dim(1));
        inRows(
                values,
                shape,
                (row, run, from, to) -> {
                    if (absmax[row] == 0) {
                        return; // a row of zeros
                    }
                    float scale = 1 / absmax[row] * MOST; // as torch divides a number by a tensor
                    for (int i = from; i < to; i++) {
                        elements[row * width + i - from] = (byte) Math.rint(half(run[i]) * scale);
                    }
                });
        return elements;
    }

    /** What is done with a row, which is {@code [from, to)} of the array. */
    @FunctionalInterface
    private interface Row {
        void accept(int row, float[] values, int from, int to);
    }

    private static void inRows(HostValues values, Shape shape, Row task) {
        int width = Math.toIntExact(shape.dim(1));
        values.inRuns(
                width * Math.max(1, RUN / width),
                (start, run) -> {
                    for (int from = 0; from < run.length; from += width) {
                        task.accept((int) ((start + from) / width), run, from, from + width);
                    }
                });
    }

    /** Rounded to fp16. */
    private static float half(float value) {
        return Float.float16ToFloat(Float.floatToFloat16(value));
    }
}
