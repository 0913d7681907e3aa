package dev.hone.torch;

import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.tensor.Memory;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;

/**
 * A tensor of libtorch's. It owns one native handle, which {@link #close} frees at once; views hold
 * their storage through libtorch's own count of references.
 */
final class TorchTensor extends Tensor {
    private final org.bytedeco.pytorch.Tensor handle;

    /** Takes over {@code handle}, which has storage of its own. */
    TorchTensor(
            Memory memory,
            Device device,
            DType dtype,
            Shape shape,
            org.bytedeco.pytorch.Tensor handle) {
        super(memory, device, dtype, shape);
        this.handle = handle;
    }

    /** Takes over {@code handle}, a view of {@code base}. */
    TorchTensor(TorchTensor base, DType dtype, Shape shape, org.bytedeco.pytorch.Tensor handle) {
        super(base, dtype, shape);
        this.handle = handle;
    }

    /** The native tensor, as long as this one is open. */
    org.bytedeco.pytorch.Tensor handle() {
        requireOpen();
        return handle;
    }

    /** Address of the first element: in host memory for a CPU tensor, else in the card's. */
    long address() {
        return handle().data_ptr().address();
    }

    /** Whether the elements lie in row-major order without gaps. */
    boolean contiguous() {
        return handle().is_contiguous();
    }

    @Override
    protected void release() {
        handle.close();
    }
}
