package dev.hone.model;

/**
 * A model or adapter folder is not what it must be; the message says where, what was found and what
 * to do.
 */
public final class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
