package dev.hone.torch;

import dev.hone.tensor.Transfer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Copies on streams of their own, one for each direction, since a card copies both ways at once. A
 * copy waits for what was computed when it was started; what is computed after {@link
 * Transfer#join} waits for the copy.
 */
final class CudaTransfers implements Transfers {
    /** Marks that are kept before the oldest is used anew; a card is never that far behind. */
    private static final int MARKS = 1024;

    private final CudaDriver driver;
    private final MemorySegment inward;
    private final MemorySegment outward;
    private final Deque<MemorySegment> marks = new ArrayDeque<>();
    private final List<MemorySegment> made = new ArrayList<>();

    CudaTransfers(CudaDriver driver) {
        this.driver = driver;
        this.inward = driver.stream();
        this.outward = driver.stream();
    }

    @Override
    public Transfer copyIn(MemorySegment from, TorchTensor into) {
        follow(inward);
        driver.copyToDevice(from, into.address(), inward);
        return marked(inward);
    }

    @Override
    public Transfer copyOut(TorchTensor from, MemorySegment into) {
        follow(outward);
        driver.copyToHost(from.address(), into, outward);
        return marked(outward);
    }

    /** Lets a stream wait for what was computed so far. */
    private void follow(MemorySegment stream) {
        MemorySegment mark = mark();
        driver.record(mark, CudaDriver.DEFAULT_STREAM);
        driver.await(mark, stream);
    }

    private Transfer marked(MemorySegment stream) {
        MemorySegment mark = mark();
        driver.record(mark, stream);
        return new Transfer() {
            @Override
            public void join() {
                driver.await(mark, CudaDriver.DEFAULT_STREAM);
            }

            @Override
            public void await() {
                driver.finish(stream);
            }
        };
    }

    private MemorySegment mark() {
        MemorySegment mark = marks.size() < MARKS ? newMark() : marks.removeFirst();
        marks.addLast(mark);
        return mark;
    }

    private MemorySegment newMark() {
        MemorySegment mark = driver.event();
        made.add(mark);
        return mark;
    }

    @Override
    public void close() {
        driver.finish(inward);
        driver.finish(outward);
        made.forEach(driver::freeEvent);
        driver.freeStream(inward);
        driver.freeStream(outward);
    }
}
