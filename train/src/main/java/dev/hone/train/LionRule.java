package dev.hone.train;

import dev.hone.tensor.Lion;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.UpdateStep;
import java.util.List;
import java.util.Map;

/** {@code lion}: one moment, whose sign is the update, see {@link Lion}. */
public record LionRule(double beta1, double beta2) implements OptimizerRule {
    static final List<String> KEYS = List.of("betas");

    static LionRule read(OptimizerReader reader) {
        double[] betas = reader.betas(0.9, 0.99);
        return new LionRule(betas[0], betas[1]);
    }

    @Override
    public String name() {
        return "lion";
    }

    @Override
    public Map<String, Object> settings() {
        return Map.of("betas", List.of(beta1, beta2));
    }

    @Override
    public Map<String, Tensor> states(Ops ops, Tensor weight) {
        return Map.of("m", States.zeros(ops, weight));
    }

    @Override
    public Lion at(UpdateStep step, long warmup) {
        return new Lion(step, beta1, beta2);
    }
}
