package dev.hone.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A device had no room for a tensor. */
public final class OutOfDeviceMemoryException extends RuntimeException {
    private final Device device;
    private final long liveBytes;
    private final long peakBytes;

    /**
     * @param memory the account of the device
     * @param reason in the words of who refused
     */
    public OutOfDeviceMemoryException(
            Device device, Memory memory, String reason, @Nullable Throwable cause) {
        super(
                "%s is out of memory with %,d bytes of tensors live (peak %,d): %s; live are %s"
                        .formatted(
                                device,
                                memory.liveBytes(),
                                memory.peakBytes(),
                                reason,
                                described(memory)),
                cause);
        this.device = device;
        this.liveBytes = memory.liveBytes();
        this.peakBytes = memory.peakBytes();
    }

    /** The same with what helps. */
    public OutOfDeviceMemoryException(OutOfDeviceMemoryException same, String help) {
        super(same.getMessage() + ". " + help, same);
        this.device = same.device;
        this.liveBytes = same.liveBytes;
        this.peakBytes = same.peakBytes;
    }

    private static String described(Memory memory) {
        String uses =
                Arrays.stream(MemoryUse.values())
                        .filter(use -> memory.liveBytes(use) > 0)
                        .map(use -> "%s %,d".formatted(use.label(), memory.liveBytes(use)))
                        .collect(Collectors.joining(", "));
        return uses.isEmpty() ? "none" : uses;
    }

    public Device device() {
        return device;
    }

    /** Bytes of tensors that were live when the allocation failed. */
    public long liveBytes() {
        return liveBytes;
    }

    /** The most bytes of tensors that were live before it failed. */
    public long peakBytes() {
        return peakBytes;
    }
}
