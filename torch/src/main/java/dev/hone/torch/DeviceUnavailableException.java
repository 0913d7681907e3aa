package dev.hone.torch;

/** A device was asked for that this machine cannot offer; the message says why and what to do. */
public final class DeviceUnavailableException extends RuntimeException {

    DeviceUnavailableException(String message) {
        super(message);
    }
}
