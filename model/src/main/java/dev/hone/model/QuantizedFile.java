package dev.hone.model;

import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One matrix of a checkpoint that is stored in fewer bits. */
sealed interface QuantizedFile permits Nf4File, Int8File {

    /** The matrix of this name, if it is stored so; a {@link ModelException} if unreadably so. */
    static Optional<QuantizedFile> find(
            Path folder, Map<String, SafetensorsFile.Entry> tensors, String name) {
        if (Int8File.isStored(tensors, name)) {
            return Optional.of(new Int8File(folder, tensors, name));
        }
        return Nf4File.find(folder, tensors, name).map(file -> file);
    }

    Path folder();

    Map<String, SafetensorsFile.Entry> tensors();

    /** Of the matrix. */
    String name();

    Quantization kind();

    /** What the tensors of the loaded matrix are read from. */
    List<SafetensorsFile.Entry> parts();

    /** Uploads the matrix as it is. */
    QuantizedMatrix load(Ops ops, Shape shape);

    /** Refuses a matrix that is stored in another way than it is wanted. */
    default QuantizedFile require(Quantization wanted) {
        Quantization kind = kind();
        if (kind.equals(wanted)) {
            return this;
        }
        throw new ModelException(
                "%s: tensor '%s' is stored in %s; set %s"
                        .formatted(
                                folder(),
                                name(),
                                kind,
                                switch (kind) {
                                    case Quantization.Int8 _ -> "quantization.type: int8";
                                    case Quantization.Nf4(boolean doubled)
                                            when wanted instanceof Quantization.Nf4 ->
                                            "quantization.double: " + doubled;
                                    case Quantization.Nf4 _ -> "quantization.type: nf4";
                                }));
    }

    /**
     * A tensor of the matrix, checked.
     *
     * @param bits what a message says of the matrix
     */
    default SafetensorsFile.Entry part(String name, String dtype, long elements, String bits) {
        SafetensorsFile.Entry entry = tensors().get(name);
        if (entry == null) {
            throw new ModelException(
                    "%s: tensor '%s' is missing, a part of '%s' in %s"
                            .formatted(folder(), name, name(), bits));
        }
        if (!entry.dtype().equals(dtype) || entry.shape().elements() != elements) {
            throw new ModelException(
                    "%s: tensor '%s' is %s %s; expected %d elements of %s"
                            .formatted(
                                    folder(), name, entry.dtype(), entry.shape(), elements, dtype));
        }
        return entry;
    }
}
