package dev.hone.torch;

import dev.hone.tensor.Device;
import dev.hone.tensor.Memory;

/** A device had no room for a tensor. */
public final class OutOfDeviceMemoryException extends TorchException {
    private final Device device;
    private final long liveBytes;
    private final long peakBytes;

    OutOfDeviceMemoryException(Device device, Memory memory, String reason, Throwable cause) {
        super(
                "%s is out of memory with %,d bytes of tensors live (peak %,d): %s"
                        .formatted(device, memory.liveBytes(), memory.peakBytes(), reason),
                cause);
        this.device = device;
        this.liveBytes = memory.liveBytes();
        this.peakBytes = memory.peakBytes();
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
