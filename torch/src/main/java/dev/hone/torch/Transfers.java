package dev.hone.torch;

import dev.hone.tensor.Transfer;
import java.lang.foreign.MemorySegment;

/** Copies between host memory and contiguous tensors, beside the computation where there is one. */
interface Transfers extends AutoCloseable {

    Transfer copyIn(MemorySegment from, TorchTensor into);

    Transfer copyOut(TorchTensor from, MemorySegment into);

    @Override
    void close();
}
