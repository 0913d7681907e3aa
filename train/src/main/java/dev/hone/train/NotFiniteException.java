package dev.hone.train;

import dev.hone.data.OptimizerStep;

/** A step's loss or gradient is not a number. */
final class NotFiniteException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient OptimizerStep step;
    private final boolean updated;

    /** The parameters were not touched by the step. */
    NotFiniteException(String what, double value, OptimizerStep step) {
        this(what, value, step, false);
    }

    private NotFiniteException(String what, double value, OptimizerStep step, boolean updated) {
        super("the %s of step %d is %s".formatted(what, step.index() + 1, value));
        this.step = step;
        this.updated = updated;
    }

    /** Parameters were updated within the step already. */
    static NotFiniteException afterUpdates(String what, double value, OptimizerStep step) {
        return new NotFiniteException(what, value, step, true);
    }

    /** Whether parameters were updated by the step already. */
    boolean updated() {
        return updated;
    }

    OptimizerStep step() {
        return step;
    }
}
