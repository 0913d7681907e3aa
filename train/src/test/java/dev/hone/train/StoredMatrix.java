package dev.hone.train;

import dev.hone.model.ModelFiles;
import dev.hone.model.Quantization;
import dev.hone.model.SafetensorsFile;
import dev.hone.model.SafetensorsWriter;
import dev.hone.model.WeightSource;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A matrix of a fixture, alone in a model folder. */
record StoredMatrix(ModelFiles files, Shape shape) implements AutoCloseable {
    private static final String NAME = "w.weight";

    static StoredMatrix of(Path folder, SafetensorsFile.Entry matrix) throws IOException {
        SafetensorsWriter.write(
                folder.resolve("model.safetensors"),
                List.of(
                        new SafetensorsWriter.Content(
                                NAME, matrix.dtype(), matrix.shape(), matrix::bytes)),
                Map.of());
        return new StoredMatrix(ModelFiles.open(folder), matrix.shape());
    }

    /** Quantizes it as it is read. */
    QuantizedMatrix quantize(Ops ops, Quantization kind) {
        return files.loadQuantized(ops, NAME, shape, kind);
    }

    /** Quantizes a matrix that no file holds. */
    static QuantizedMatrix made(Ops ops, float[] values, Shape shape, Quantization kind) {
        WeightSource source = (engine, _, dims, _) -> engine.ofFloats(values, dims.dims());
        return source.loadQuantized(ops, NAME, shape, kind);
    }

    @Override
    public void close() {
        files.close();
    }
}
