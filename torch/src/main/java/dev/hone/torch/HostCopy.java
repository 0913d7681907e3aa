package dev.hone.torch;

import dev.hone.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Copies bytes between host memory and contiguous tensors. */
final class HostCopy {
    private HostCopy() {}

    /**
     * @param card driver of the card that the tensor lies on, null for the processor
     */
    static void write(MemorySegment bytes, TorchTensor into, @Nullable CudaDriver card) {
        requireSize(bytes, into);
        if (card == null) {
            memory(into).copyFrom(bytes);
        } else if (bytes.isNative()) {
            card.copyToDevice(bytes, into.address(), CudaDriver.DEFAULT_STREAM);
        } else {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment outside = arena.allocate(bytes.byteSize(), Long.BYTES);
                outside.copyFrom(bytes);
                card.copyToDevice(outside, into.address(), CudaDriver.DEFAULT_STREAM);
            }
        }
    }

    static void read(TorchTensor tensor, MemorySegment into, @Nullable CudaDriver card) {
        requireSize(into, tensor);
        if (!tensor.contiguous()) {
            throw new IllegalArgumentException(
                    tensor + " is not contiguous: copy it before reading its bytes");
        }
        if (card == null) {
            into.copyFrom(memory(tensor));
        } else if (into.isNative()) {
            download(tensor, into, card);
        } else {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment outside = arena.allocate(into.byteSize(), Long.BYTES);
                download(tensor, outside, card);
                into.copyFrom(outside);
            }
        }
    }

    private static void download(TorchTensor tensor, MemorySegment into, CudaDriver card) {
        card.copyToHost(tensor.address(), into, CudaDriver.DEFAULT_STREAM);
        card.finish(CudaDriver.DEFAULT_STREAM);
    }

    private static void requireSize(MemorySegment bytes, Tensor tensor) {
        if (bytes.byteSize() != tensor.bytes()) {
            throw new IllegalArgumentException(
                    "%,d bytes on the host do not fit %s, which has %,d"
                            .formatted(bytes.byteSize(), tensor, tensor.bytes()));
        }
    }

    private static MemorySegment memory(TorchTensor tensor) {
        return tensor.bytes() == 0
                ? MemorySegment.NULL
                : MemorySegment.ofAddress(tensor.address()).reinterpret(tensor.bytes());
    }
}
