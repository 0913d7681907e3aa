package dev.hone.train;

import dev.hone.data.OptimizerStep;

/** A step's loss or gradient is not a number; the parameters were not touched by it. */
final class NotFiniteException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient OptimizerStep step;

    NotFiniteException(String what, double value, OptimizerStep step) {
        super("the %s of step %d is %s".formatted(what, step.index() + 1, value));
        this.step = step;
    }

    OptimizerStep step() {
        return step;
    }
}
