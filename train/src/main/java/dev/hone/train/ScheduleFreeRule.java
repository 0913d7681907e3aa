package dev.hone.train;

import dev.hone.tensor.Ops;
import dev.hone.tensor.ScheduleFreeAdamW;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.UpdateStep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * {@code schedule_free_adamw}: AdamW whose result is an average of the weights it went through, see
 * {@link ScheduleFreeAdamW}.
 */
public record ScheduleFreeRule(double beta1, double beta2, double eps) implements OptimizerRule {
    static final List<String> KEYS = AdamWRule.KEYS;

    static ScheduleFreeRule read(OptimizerReader reader) {
        double[] betas = reader.betas(0.9, 0.999);
        if (betas[0] == 0) {
            throw reader.wrongBetas("a first one above 0, the share of the average in the weights");
        }
        return new ScheduleFreeRule(betas[0], betas[1], reader.eps());
    }

    @Override
    public String name() {
        return "schedule_free_adamw";
    }

    @Override
    public Map<String, Object> settings() {
        return new AdamWRule(beta1, beta2, eps).settings();
    }

    @Override
    public Map<String, Tensor> states(Ops ops, Tensor weight) {
        Map<String, Tensor> states = new LinkedHashMap<>();
        states.put("z", ops.cast(weight, States.precise(weight)));
        states.put("v", States.zeros(ops, weight));
        return states;
    }

    @Override
    public ScheduleFreeAdamW at(UpdateStep step, long warmup) {
        return new ScheduleFreeAdamW(step, beta1, beta2, eps, average(step.number(), warmup));
    }

    /** γ² of a step over the sum of γ² so far; the constant learning rate cancels. */
    private double average(long number, long warmup) {
        double sum = 0;
        double square = 0;
        for (long t = 1; t <= number; t++) {
            double rise = t < warmup ? (double) t / warmup : 1;
            square = rise * rise * (1 - Math.pow(beta2, t));
            sum += square;
        }
        return square / sum;
    }

    @Override
    public boolean constantRate() {
        return true;
    }

    /** x, the average, from y and z. */
    @Override
    public Optional<Tensor> result(
            Ops ops, Tensor weight, Map<String, Tensor> states, boolean last) {
        Tensor z = Objects.requireNonNull(states.get("z"));
        Tensor x = last ? z : ops.cast(z, z.dtype());
        ops.scaleInPlace(x, 1 - 1 / beta1);
        ops.addInPlace(x, weight, 1 / beta1);
        return Optional.of(x);
    }
}
