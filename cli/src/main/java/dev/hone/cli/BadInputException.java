package dev.hone.cli;

/** An option or a file named by one is not what it must be. */
final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadInputException(String message) {
        super(message);
    }
}
