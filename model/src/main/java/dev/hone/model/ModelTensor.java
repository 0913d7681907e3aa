package dev.hone.model;

import dev.hone.tensor.CountingOps;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A tensor that a model consists of.
 *
 * @param quantizable whether it is a matrix of a layer, which may be stored in fewer bits
 */
record ModelTensor(String name, Shape shape, boolean quantizable) {
    private static final String LAYER = "model.layers.";

    /**
     * All tensors of a model, in the order of transformers' state: those that a decoder asks for,
     * loaded on paper.
     */
    static List<ModelTensor> of(ModelConfig config) {
        List<ModelTensor> found = new ArrayList<>();
        try (Ops paper = CountingOps.fused(Device.CPU);
                Decoder _ =
                        DecoderLoader.load(
                                paper,
                                config,
                                noting(found),
                                DType.BF16,
                                null,
                                new Training.Frozen(),
                                Storage.of(Optional.of(new Quantization.Int8())))) {
            found.sort(
                    Comparator.comparingInt(ModelTensor::layer)
                            .thenComparing(t -> t.name().endsWith("layernorm.weight")));
            return List.copyOf(found);
        }
    }

    private static WeightSource noting(List<ModelTensor> found) {
        WeightSource undefined = WeightSource.undefined();
        return new WeightSource() {
            @Override
            public Tensor load(Ops ops, String name, Shape shape, DType dtype) {
                found.add(new ModelTensor(name, shape, false));
                return undefined.load(ops, name, shape, dtype);
            }

            @Override
            public QuantizedMatrix loadQuantized(
                    Ops ops, String name, Shape shape, Quantization kind) {
                found.add(new ModelTensor(name, shape, true));
                return undefined.loadQuantized(ops, name, shape, kind);
            }
        };
    }

    /** −1 before the layers, the largest number behind them. */
    private int layer() {
        if (!name.startsWith(LAYER)) {
            return name.startsWith("model.embed") ? -1 : Integer.MAX_VALUE;
        }
        return Integer.parseInt(name.substring(LAYER.length(), name.indexOf('.', LAYER.length())));
    }

    /** The last part of a matrix's name before {@code weight}, such as {@code q_proj}. */
    String kind() {
        String path = name.substring(0, name.lastIndexOf('.'));
        return path.substring(path.lastIndexOf('.') + 1);
    }
}
