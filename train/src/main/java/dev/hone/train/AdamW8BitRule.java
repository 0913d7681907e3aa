package dev.hone.train;

import dev.hone.model.ParameterRole;
import dev.hone.tensor.AdamW8Bit;
import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.UpdateStep;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code adamw_8bit}: AdamW with moments in 8 bits, see {@link AdamW8Bit}. As in bitsandbytes, the
 * embedding and parameters of few elements keep theirs in full precision.
 */
public record AdamW8BitRule(AdamWRule adamW) implements OptimizerRule {
    /** Fewest elements of a parameter whose moments are in 8 bits. */
    private static final long LEAST = 4096;

    static AdamW8BitRule read(OptimizerReader reader) {
        return new AdamW8BitRule(AdamWRule.read(reader));
    }

    @Override
    public String name() {
        return "adamw_8bit";
    }

    @Override
    public Map<String, Object> settings() {
        return adamW.settings();
    }

    @Override
    public OptimizerRule of(ParameterRole role, Shape shape) {
        return role == ParameterRole.EMBEDDING || shape.elements() < LEAST ? adamW : this;
    }

    @Override
    public Map<String, Tensor> states(Ops ops, Tensor weight) {
        Shape codes = Shape.of(weight.elements());
        Shape scales = Shape.of(AdamW8Bit.blocks(weight.elements()));
        Map<String, Tensor> states = new LinkedHashMap<>();
        states.put("m", ops.zeros(DType.U8, codes));
        states.put("m.absmax", ops.zeros(DType.F32, scales));
        states.put("v", ops.zeros(DType.U8, codes));
        states.put("v.absmax", ops.zeros(DType.F32, scales));
        return states;
    }

    @Override
    public AdamW8Bit at(UpdateStep step, long warmup) {
        return new AdamW8Bit(adamW.at(step, warmup));
    }
}
