package dev.hone.train;

import dev.hone.model.ParameterRole;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.UpdateRule;
import dev.hone.tensor.UpdateStep;
import java.util.Map;
import java.util.Optional;

/**
 * An optimizer with its settings: what it keeps of a parameter, and how it updates. A record's
 * components are its keys of a run file's section {@code training}.
 */
public sealed interface OptimizerRule
        permits AdamWRule, AdamW8BitRule, AdafactorRule, LionRule, MuonRule, ScheduleFreeRule {

    /** The value of {@code training.optimizer}. */
    String name();

    /** Its settings as a run file has them. */
    Map<String, Object> settings();

    /** The rule for a parameter: this one, or another that this one leaves such parameters to. */
    default OptimizerRule of(ParameterRole role, Shape shape) {
        return this;
    }

    /** New states of a parameter, by name, in the order of the {@link UpdateRule}. */
    Map<String, Tensor> states(Ops ops, Tensor weight);

    /**
     * The update of a step.
     *
     * @param warmup steps in which the learning rate rises
     */
    UpdateRule at(UpdateStep step, long warmup);

    /** Whether the factors of an adapter can be trained by it. */
    default boolean trainsAdapters() {
        return true;
    }

    /** Whether the learning rate must not fall. */
    default boolean constantRate() {
        return false;
    }

    /**
     * The result of training, in full precision, where that is something else than the weights that
     * train.
     *
     * @param weight the master, or the value where there is none
     * @param states as {@link #states} made them
     * @param last whether nothing trains after this: the result may then be one of the states
     */
    default Optional<Tensor> result(
            Ops ops, Tensor weight, Map<String, Tensor> states, boolean last) {
        return Optional.empty();
    }
}
