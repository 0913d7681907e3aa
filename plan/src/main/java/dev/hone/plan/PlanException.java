package dev.hone.plan;

/** A catalogue, price list, calibration or question that cannot be used as it is. */
public final class PlanException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public PlanException(String message) {
        super(message);
    }
}
