package dev.hone.train;

import dev.hone.tensor.AdamW;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.UpdateStep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code adamw}: two moments in full precision, see {@link AdamW}. */
public record AdamWRule(double beta1, double beta2, double eps) implements OptimizerRule {
    static final List<String> KEYS = List.of("betas", "eps");

    /** As PyTorch has it by default. */
    public static final AdamWRule DEFAULT = new AdamWRule(0.9, 0.999, 1e-8);

    static AdamWRule read(OptimizerReader reader) {
        double[] betas = reader.betas(0.9, 0.999);
        return new AdamWRule(betas[0], betas[1], reader.eps());
    }

    @Override
    public String name() {
        return "adamw";
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("betas", List.of(beta1, beta2));
        settings.put("eps", eps);
        return settings;
    }

    @Override
    public Map<String, Tensor> states(Ops ops, Tensor weight) {
        Map<String, Tensor> states = new LinkedHashMap<>();
        states.put("m", States.zeros(ops, weight));
        states.put("v", States.zeros(ops, weight));
        return states;
    }

    @Override
    public AdamW at(UpdateStep step, long warmup) {
        return new AdamW(step, beta1, beta2, eps);
    }
}
