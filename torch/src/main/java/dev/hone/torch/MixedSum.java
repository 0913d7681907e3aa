package dev.hone.torch;

import dev.hone.tensor.DType;
import dev.hone.tensor.Shape;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * {@code a += scale · b} on the CPU where dtypes differ. libtorch's own form copies whole operands
 * to a common dtype behind the scenes; this one converts slab by slab in one small buffer, which
 * stays in the processor's cache and is made once.
 */
final class MixedSum implements AutoCloseable {
    private static final long SLAB_ELEMENTS = 1 << 16;

    private final Tensor narrowSlab;
    private final Tensor wideSlab;

    MixedSum(Allocations allocations) {
        this.narrowSlab = allocations.empty(DType.F32, Shape.of(SLAB_ELEMENTS));
        this.wideSlab = allocations.empty(DType.F64, Shape.of(SLAB_ELEMENTS));
    }

    /** Adds with the arithmetic of the wider dtype; {@code b} broadcasts to {@code a}. */
    void add(Tensor a, Tensor b, Scalar scale) {
        try (Tensor expanded = b.expand_as(a)) {
            slabs(a, expanded, 0, scale);
        }
    }

    private void slabs(Tensor a, Tensor b, long axis, Scalar scale) {
        if (a.numel() <= SLAB_ELEMENTS) {
            slab(a, b, scale);
            return;
        }
        long extent = a.size(axis);
        long step = Math.max(1, SLAB_ELEMENTS / (a.numel() / extent));
        for (long from = 0; from < extent; from += step) {
            long length = Math.min(step, extent - from);
            try (Tensor partA = a.narrow(axis, from, length);
                    Tensor partB = b.narrow(axis, from, length)) {
                slabs(partA, partB, axis + 1, scale);
            }
        }
    }

    private void slab(Tensor a, Tensor b, Scalar scale) {
        if (a.numel() == 0) {
            return;
        }
        boolean aIsWider = a.element_size() > b.element_size();
        Tensor buffer = (aIsWider ? a : b).element_size() == 8 ? wideSlab : narrowSlab;
        try (Tensor flat = buffer.narrow(0, 0, a.numel());
                Tensor shaped = flat.view_as(a)) {
            if (aIsWider) {
                shaped.copy_(b);
                a.add_(shaped, scale);
            } else {
                shaped.copy_(a);
                shaped.add_(b, scale);
                a.copy_(shaped);
            }
        }
    }

    @Override
    public void close() {
        narrowSlab.close();
        wideSlab.close();
    }
}
