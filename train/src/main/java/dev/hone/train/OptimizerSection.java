package dev.hone.train;

import dev.hone.model.Training;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys of the section {@code training} that say how parameters are updated.
 *
 * @param weightDecay decoupled; not of biases and norms
 * @param loraPlusRatio the learning rate of an adapter's B over that of its A, which is {@code
 *     adapter.lora_plus_ratio}
 */
public record OptimizerSection(
        OptimizerRule rule,
        double weightDecay,
        double loraPlusRatio,
        Master master,
        Update update) {

    /** What weights are updated in. */
    public enum Master {
        FP32,
        /** bf16 is all there is of a weight, and updates are rounded by chance. */
        NONE
    }

    /** When parameters are updated. */
    public enum Update {
        /** All at once, after the backward pass. */
        AFTER,
        /** Layer by layer, as soon as their gradients are complete. */
        IN_BACKWARD
    }

    /** A rule with everything else as it is by default. */
    public static OptimizerSection of(OptimizerRule rule, double weightDecay) {
        return new OptimizerSection(rule, weightDecay, 1, Master.FP32, Update.AFTER);
    }

    /** What differs from AdamW with fp32 masters after the backward pass, for people to read. */
    public Optional<String> described() {
        List<String> parts = new ArrayList<>();
        if (!(rule instanceof AdamWRule)) {
            parts.add("by " + rule.name());
        }
        if (loraPlusRatio != 1) {
            parts.add("B of the adapter at %s times the rate of A".formatted(loraPlusRatio));
        }
        if (master == Master.NONE) {
            parts.add("weights in bf16 alone, rounded by chance");
        }
        if (update == Update.IN_BACKWARD) {
            parts.add("layer by layer within the backward pass");
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", parts));
    }

    /** How a method's parameters are held. */
    public Training training(RunFile.Method method) {
        return method instanceof RunFile.Method.Full
                ? new Training.Full(master == Master.FP32, update == Update.AFTER)
                : new Training.AdapterOnly();
    }

    /** The same for a method, without what is not for that method. */
    public OptimizerSection on(RunFile.Method method) {
        if (method instanceof RunFile.Method.Full) {
            return this;
        }
        OptimizerRule other = rule.trainsAdapters() ? rule : AdamWRule.DEFAULT;
        return new OptimizerSection(other, weightDecay, loraPlusRatio, Master.FP32, Update.AFTER);
    }

    /** The same with all updates after the backward pass. */
    public OptimizerSection afterBackward() {
        return new OptimizerSection(rule, weightDecay, loraPlusRatio, master, Update.AFTER);
    }
}
