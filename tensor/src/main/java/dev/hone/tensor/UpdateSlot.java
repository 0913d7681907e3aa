package dev.hone.tensor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One parameter as an update sees it. Gradient and master are fp32, fp64 where arithmetic is.
 *
 * @param master what is updated; null where {@code value} is all there is of the weight, in BF16:
 *     the new weight is then rounded to one of its two neighbours in BF16, to the nearer one more
 *     often (stochastic rounding), by {@link RandomBits}
 * @param value in the dtype of arithmetic; where that is the master's, the very tensor {@code
 *     master}
 * @param gradient zero after the update
 * @param states as the {@link UpdateRule} says
 * @param rateFactor of this parameter on the step's learning rate
 * @param weightDecay decoupled: the weight is multiplied by 1 − rate · weightDecay
 * @param firstRun of {@link RandomBits#RUN} elements: where the parameter begins among all elements
 *     of a model
 */
public record UpdateSlot(
        @Nullable Tensor master,
        Tensor value,
        Tensor gradient,
        List<Tensor> states,
        double rateFactor,
        double weightDecay,
        long firstRun) {

    public UpdateSlot {
        if (master == null && value.dtype() != DType.BF16) {
            throw new IllegalArgumentException(
                    "%s without a master: only BF16 is rounded by chance".formatted(value));
        }
    }

    /** The learning rate of this parameter. */
    public double rate(UpdateStep step) {
        return step.learningRate() * rateFactor;
    }

    /** What decoupled decay multiplies the weight by. */
    public double decay(UpdateStep step) {
        return 1 - rate(step) * weightDecay;
    }

    /** What an update reads and writes. */
    public List<Tensor> changed() {
        List<Tensor> changed = new ArrayList<>(states);
        changed.add(gradient);
        changed.add(master != null ? master : value);
        return changed;
    }

    /** Whether {@code value} is a copy of the master in another dtype. */
    public boolean copies() {
        return master != null && master.dtype() != value.dtype();
    }
}
