package dev.hone.model;

import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Bytes of tensors, one after the other, in host memory that is used again: outside the heap, and
 * so of any size.
 */
public final class TensorBytes implements AutoCloseable {
    private final Ops ops;
    private Arena arena = Arena.ofConfined();
    private MemorySegment room = MemorySegment.NULL;

    public TensorBytes(Ops ops) {
        this.ops = ops;
    }

    /** The bytes of a contiguous tensor, until the next one is asked for. */
    public MemorySegment of(Tensor tensor) {
        if (room.byteSize() < tensor.bytes()) {
            arena.close();
            arena = Arena.ofConfined();
            room = arena.allocate(tensor.bytes());
        }
        MemorySegment bytes = room.asSlice(0, tensor.bytes());
        ops.download(tensor, bytes);
        return bytes;
    }

    @Override
    public void close() {
        arena.close();
    }
}
