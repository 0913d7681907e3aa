package dev.hone.torch;

import dev.hone.tensor.Device;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Copies bytes between host memory and contiguous tensors. */
final class HostCopy {
    private HostCopy() {}

    static void write(MemorySegment bytes, TorchTensor into) {
        requireSize(bytes, into);
        if (into.device().kind() == Device.Kind.CPU) {
            memory(into).copyFrom(bytes);
        } else {
            throughHost(bytes, into, true);
        }
    }

    static void read(TorchTensor tensor, MemorySegment into) {
        requireSize(into, tensor);
        if (!tensor.contiguous()) {
            throw new IllegalArgumentException(
                    tensor + " is not contiguous: copy it before reading its bytes");
        }
        if (tensor.device().kind() == Device.Kind.CPU) {
            into.copyFrom(memory(tensor));
        } else {
            throughHost(into, tensor, false);
        }
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

    /** A card's tensor is copied by way of a tensor on the host, which is gone afterwards. */
    private static void throughHost(MemorySegment bytes, TorchTensor tensor, boolean toDevice) {
        try (Allocations onHost = new Allocations(Device.CPU);
                org.bytedeco.pytorch.Tensor host = onHost.empty(tensor.dtype(), tensor.shape())) {
            MemorySegment staged =
                    MemorySegment.ofAddress(host.data_ptr().address()).reinterpret(tensor.bytes());
            if (toDevice) {
                staged.copyFrom(bytes);
                tensor.handle().copy_(host);
            } else {
                host.copy_(tensor.handle());
                bytes.copyFrom(staged);
            }
        }
    }
}
