package dev.hone.tensor;

import java.lang.foreign.MemorySegment;

/** Memory of the host that an engine copies to and from; its user closes it. */
public interface HostBuffer extends AutoCloseable {

    /**
     * All of it; may be read and written from any thread.
     *
     * @throws IllegalStateException on paper
     */
    MemorySegment memory();

    /** Whether there are any bytes: not on paper. */
    boolean real();

    long bytes();

    @Override
    void close();
}
