package dev.hone.train;

/** A run file says something that cannot be; the message names the file, the line and the key. */
public final class RunFileException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public RunFileException(String message) {
        super(message);
    }
}
