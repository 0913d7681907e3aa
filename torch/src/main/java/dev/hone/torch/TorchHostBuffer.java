package dev.hone.torch;

import dev.hone.tensor.HostBuffer;
import dev.hone.tensor.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Host memory: pinned where there is a card, plain where there is none. */
final class TorchHostBuffer implements HostBuffer {
    private final MemorySegment memory;
    private final Memory.Holding holding;
    private final Runnable free;
    private boolean closed;

    /**
     * @param account that it is booked in
     * @param card driver of the card that reaches it, or null
     */
    TorchHostBuffer(long bytes, Memory account, @Nullable CudaDriver card) {
        if (card == null) {
            Arena arena = Arena.ofShared();
            memory = arena.allocate(bytes, Long.BYTES);
            free = arena::close;
        } else {
            memory = card.pinned(bytes);
            free = () -> card.freePinned(memory);
        }
        holding = account.hold(bytes);
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public boolean real() {
        return true;
    }

    @Override
    public long bytes() {
        return memory.byteSize();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            free.run();
            holding.close();
        }
    }
}
