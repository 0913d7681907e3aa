package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Int8;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * One matrix of a checkpoint that bitsandbytes wrote in 8 bits: whole numbers under the matrix's
 * name and, beside it, {@code SCB}, the largest magnitude of each row, and {@code weight_format},
 * which is 0, or missing, where numbers lie row by row.
 */
record Int8File(Path folder, Map<String, SafetensorsFile.Entry> tensors, String name)
        implements QuantizedFile {
    /** Numbers lie row by row: the only format since bitsandbytes 0.45. */
    static final byte ROWS = 0;

    private static final String WEIGHT = "weight";

    /** The name of the rows' largest magnitudes beside a matrix. */
    static String absmax(String name) {
        return beside(name, "SCB");
    }

    /** The name of the format beside a matrix. */
    static String format(String name) {
        return beside(name, "weight_format");
    }

    private static String beside(String name, String other) {
        return name.substring(0, name.length() - WEIGHT.length()) + other;
    }

    /** Whether the matrix of this name is stored in this way. */
    static boolean isStored(Map<String, SafetensorsFile.Entry> tensors, String name) {
        SafetensorsFile.Entry entry = tensors.get(name);
        return entry != null && name.endsWith("." + WEIGHT) && entry.dtype().equals("I8");
    }

    @Override
    public Quantization kind() {
        return new Quantization.Int8();
    }

    @Override
    public List<SafetensorsFile.Entry> parts() {
        return Stream.of(name, absmax(name)).map(tensors::get).filter(Objects::nonNull).toList();
    }

    @Override
    public Int8 load(Ops ops, Shape shape) {
        requireRows();
        SafetensorsFile.Entry elements = part(name, "I8", shape.elements(), "8 bits");
        if (!elements.shape().equals(shape)) {
            throw new ModelException(
                    "%s: tensor '%s' has shape %s, config.json asks for %s"
                            .formatted(folder, name, elements.shape(), shape));
        }
        SafetensorsFile.Entry absmax = part(absmax(name), "F32", shape.dim(0), "8 bits");
        return new Int8(
                ops.upload(elements.bytes(), DType.I8, shape),
                ops.upload(absmax.bytes(), DType.F32, Shape.of(shape.dim(0))));
    }

    private void requireRows() {
        if (!tensors.containsKey(format(name))) {
            return;
        }
        byte found = part(format(name), "U8", 1, "8 bits").bytes().get(ValueLayout.JAVA_BYTE, 0);
        if (found != ROWS) {
            throw new ModelException(
                    "%s: tensor '%s' is %d; expected %d, rows: other formats are those of cards before bitsandbytes 0.45, load and save the model with a later one"
                            .formatted(folder, format(name), found, ROWS));
        }
    }
}
