package dev.hone.train;

import dev.hone.tensor.Adafactor;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.UpdateStep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code adafactor}: of a matrix, a number a row and a number a column, see {@link Adafactor}. */
public record AdafactorRule(double decayRate, double clipThreshold, boolean relativeStep)
        implements OptimizerRule {
    static final List<String> KEYS = List.of("decay_rate", "clip_threshold", "relative_step");

    static AdafactorRule read(OptimizerReader reader) {
        return new AdafactorRule(
                reader.real("decay_rate", 0, 1, 0.8),
                reader.real("clip_threshold", 1, Double.MAX_VALUE, 1),
                reader.flag("relative_step", false));
    }

    @Override
    public String name() {
        return "adafactor";
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("decay_rate", decayRate);
        settings.put("clip_threshold", clipThreshold);
        settings.put("relative_step", relativeStep);
        return settings;
    }

    @Override
    public Map<String, Tensor> states(Ops ops, Tensor weight) {
        Map<String, Tensor> states = new LinkedHashMap<>();
        if (weight.shape().rank() == 2) {
            states.put("rows", States.zeros(ops, weight, Shape.of(weight.dim(0), 1)));
            states.put("columns", States.zeros(ops, weight, Shape.of(1, weight.dim(1))));
        } else {
            states.put("v", States.zeros(ops, weight));
        }
        return states;
    }

    @Override
    public Adafactor at(UpdateStep step, long warmup) {
        return new Adafactor(step, decayRate, clipThreshold, relativeStep);
    }
}
