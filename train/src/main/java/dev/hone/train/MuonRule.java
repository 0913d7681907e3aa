package dev.hone.train;

import dev.hone.model.ParameterRole;
import dev.hone.tensor.Muon;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.UpdateStep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code muon}: orthogonal updates of the matrices of the layers, see {@link Muon}; AdamW for the
 * embedding, the head, norms and biases.
 *
 * @param others the rule of what is no matrix of a layer
 */
public record MuonRule(double momentum, AdamWRule others) implements OptimizerRule {
    static final List<String> KEYS = List.of("momentum", "betas", "eps");

    static MuonRule read(OptimizerReader reader) {
        return new MuonRule(reader.real("momentum", 0, 0.9999, 0.95), AdamWRule.read(reader));
    }

    @Override
    public String name() {
        return "muon";
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("momentum", momentum);
        settings.putAll(others.settings());
        return settings;
    }

    @Override
    public OptimizerRule of(ParameterRole role, Shape shape) {
        return role == ParameterRole.MATRIX ? this : others;
    }

    @Override
    public Map<String, Tensor> states(Ops ops, Tensor weight) {
        return Map.of("m", States.zeros(ops, weight));
    }

    @Override
    public Muon at(UpdateStep step, long warmup) {
        return new Muon(step, momentum);
    }

    @Override
    public boolean trainsAdapters() {
        return false;
    }
}
