package dev.hone.torch;

/** What libtorch refused, in the first line of its own words. */
public class TorchException extends RuntimeException {

    TorchException(String message, Throwable cause) {
        super(message, cause);
    }
}
