package dev.hone.train;

/**
 * Training had to stop; what was saved before stays good. The message says why and how to go on.
 */
public final class TrainingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TrainingException(String message) {
        super(message);
    }

    public TrainingException(String message, Throwable cause) {
        super(message, cause);
    }
}
