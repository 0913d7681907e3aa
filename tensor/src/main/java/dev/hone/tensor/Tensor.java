package dev.hone.tensor;

import org.jspecify.annotations.Nullable;

/**
 * A dense array of numbers on one device. It lives until it is closed, by hand or by the {@link
 * Scope} it was made in; several tensors may be views of one storage, whose bytes are given back
 * with the last of them. Nothing waits for the garbage collector.
 */
public abstract class Tensor implements AutoCloseable {
    private final Shape shape;
    private final DType dtype;
    private final Device device;
    private final Storage storage;
    private final long bytes;
    private boolean closed;
    @Nullable Scope owner;

    /** What several views share: bytes counted once. */
    private static final class Storage {
        final Memory memory;
        final long bytes;
        final long id;
        final MemoryUse use;
        int holders;

        Storage(Memory memory, long bytes) {
            this.memory = memory;
            this.bytes = bytes;
            this.use = memory.use();
            this.id = memory.allocated(bytes);
        }
    }

    /** A tensor with storage of its own. */
    protected Tensor(Memory memory, Device device, DType dtype, Shape shape) {
        this.shape = shape;
        this.dtype = dtype;
        this.device = device;
        this.bytes = Math.multiplyExact(shape.elements(), dtype.bytes());
        this.storage = new Storage(memory, bytes);
        opened();
    }

    /** A view of {@code base}: the same storage seen as other elements in another shape. */
    protected Tensor(Tensor base, DType dtype, Shape shape) {
        base.requireOpen();
        this.shape = shape;
        this.dtype = dtype;
        this.device = base.device;
        this.bytes = Math.multiplyExact(shape.elements(), dtype.bytes());
        this.storage = base.storage;
        opened();
    }

    private void opened() {
        storage.holders++;
        storage.memory.tensorOpened();
    }

    public final Shape shape() {
        return shape;
    }

    public final DType dtype() {
        return dtype;
    }

    public final Device device() {
        return device;
    }

    /** Extent at {@code axis}; a negative axis counts from the end. */
    public final long dim(int axis) {
        return shape.dim(axis);
    }

    /** Number of elements. */
    public final long elements() {
        return shape.elements();
    }

    /** Bytes that the elements of this tensor take. */
    public final long bytes() {
        return bytes;
    }

    public final boolean closed() {
        return closed;
    }

    /** Gives up this tensor; the storage goes with its last holder. Closing twice does nothing. */
    @Override
    public final void close() {
        if (closed) {
            return;
        }
        closed = true;
        owner = null;
        release();
        storage.memory.tensorClosed();
        if (--storage.holders == 0) {
            storage.memory.freed(storage.id, storage.bytes, storage.use);
        }
    }

    /** Throws when this tensor was closed already. */
    protected final void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this " + this + " was closed before it was used");
        }
    }

    /** Frees the native handle, once. */
    protected abstract void release();

    @Override
    public String toString() {
        return dtype + shape.toString() + "@" + device;
    }
}
