package dev.hone.torch;

import dev.hone.tensor.Device;
import dev.hone.tensor.Memory;
import dev.hone.tensor.OutOfDeviceMemoryException;
import java.util.Objects;

/** Turns what JavaCPP throws into exceptions of ours: libtorch tells its kinds of error by text. */
final class TorchFailure {
    private TorchFailure() {}

    static RuntimeException of(RuntimeException failure, Device device, Memory memory) {
        String text = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
        String line = text.lines().findFirst().orElse("no message").strip();
        if (text.contains("out of memory") || text.contains("can't allocate memory")) {
            return new OutOfDeviceMemoryException(device, memory, reason(line), failure);
        }
        return new TorchException(line, failure);
    }

    /** Behind what is free, libtorch advises on settings of its allocator that Hone makes. */
    private static String reason(String line) {
        int free = line.indexOf(" is free.");
        return free < 0 ? line : line.substring(0, free) + " is free";
    }
}
