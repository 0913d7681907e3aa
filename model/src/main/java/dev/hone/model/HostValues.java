package dev.hone.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * The elements of a tensor in the host's memory, such as a mapped file, read as fp32 a run at a
 * time: the tensor never exists in fp32 as a whole. May be read by several threads at once.
 *
 * @param format what an element is stored as
 */
record HostValues(MemorySegment bytes, Format format) {

    /** Kinds of elements, named as in safetensors files. */
    enum Format {
        F64(8, "float64"),
        F32(4, "float32"),
        F16(2, "float16"),
        BF16(2, "bfloat16");

        private final int bytes;
        private final String torchName;

        Format(int bytes, String torchName) {
            this.bytes = bytes;
            this.torchName = torchName;
        }

        /** What torch calls the type. */
        String torchName() {
            return torchName;
        }
    }

    /** What is done with the elements {@code [from, from + values.length)}. */
    @FunctionalInterface
    interface Run {
        void accept(long from, float[] values);
    }

    static HostValues of(float[] values) {
        return new HostValues(MemorySegment.ofArray(values), Format.F32);
    }

    /** The elements of a file's tensor; a {@link ModelException} if they are no real numbers. */
    static HostValues of(Path path, SafetensorsFile.Entry entry) {
        for (Format format : Format.values()) {
            if (format.name().equals(entry.dtype())) {
                return new HostValues(entry.bytes(), format);
            }
        }
        throw new ModelException(
                "%s: tensor '%s' has dtype %s; expected BF16, F16 or F32"
                        .formatted(path, entry.name(), entry.dtype()));
    }

    long count() {
        return bytes.byteSize() / format.bytes;
    }

    /** Hands all elements to {@code run}, {@code most} at a time, several runs at once. */
    void inRuns(int most, Run run) {
        int runs = Math.toIntExact(Math.ceilDiv(count(), (long) most));
        IntStream.range(0, runs)
                .parallel()
                .forEach(i -> {
                    long from = (long) most * i;
                    float[] values = new float[(int) Math.min(most, count() - from)];
                    read(from, values);
                    run.accept(from, values);
                });
    }

    /** Fills an array with the elements from {@code from} on. */
    void read(long from, float[] into) {
        long at = from * format.bytes;
        int n = into.length;
        switch (format) {
            case F32 -> MemorySegment.copy(bytes, ValueLayout.JAVA_FLOAT_UNALIGNED, at, into, 0, n);
            case F64 -> {
                for (int i = 0; i < n; i++) {
                    into[i] = (float) bytes.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at + 8L * i);
                }
            }
            case F16 -> {
                short[] halves = halves(at, n);
                for (int i = 0; i < n; i++) {
                    into[i] = Float.float16ToFloat(halves[i]);
                }
            }
            case BF16 -> {
                short[] halves = halves(at, n);
                for (int i = 0; i < n; i++) {
                    into[i] = Float.intBitsToFloat(halves[i] << 16);
                }
            }
        }
    }

    private short[] halves(long at, int count) {
        short[] halves = new short[count];
        MemorySegment.copy(bytes, ValueLayout.JAVA_SHORT_UNALIGNED, at, halves, 0, count);
        return halves;
    }
}
