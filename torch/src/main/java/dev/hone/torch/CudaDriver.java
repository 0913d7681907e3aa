package dev.hone.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The CUDA driver's own interface, as far as libtorch does not reach: kernels of ours, copies to
 * and from the host that do not wait, and memory of the host that a card reads by itself. Names are
 * those of the CUDA Driver API reference. Works in the context that libtorch uses, on the thread
 * that opened it.
 */
final class CudaDriver implements AutoCloseable {
    private static final int OUT_OF_MEMORY = 2;

    /** A stream that does not wait for the default one. */
    private static final int NON_BLOCKING = 1;

    /** An event that keeps no time. */
    private static final int DISABLE_TIMING = 2;

    /** Where libtorch computes. */
    static final MemorySegment DEFAULT_STREAM = MemorySegment.NULL;

    private final Arena arena = Arena.ofShared();
    private final NativeLibrary library;
    private final MethodHandle launchKernel;
    private final MethodHandle copyToDevice;
    private final MethodHandle copyToHost;
    private final MethodHandle recordEvent;
    private final MethodHandle waitForEvent;

    /** Opens the driver for a card. */
    CudaDriver(int card) {
        library = NativeLibrary.open("libcuda.so.1", "nvcuda.dll", arena);
        launchKernel =
                library.function(
                        "cuLaunchKernel",
                        ADDRESS,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS);
        copyToDevice =
                library.function("cuMemcpyHtoDAsync_v2", JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS);
        copyToHost =
                library.function("cuMemcpyDtoHAsync_v2", ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS);
        recordEvent = library.function("cuEventRecord", ADDRESS, ADDRESS);
        waitForEvent = library.function("cuStreamWaitEvent", ADDRESS, ADDRESS, JAVA_INT);
        call("cuInit", 0);
        call("cuCtxSetCurrent", made("cuDevicePrimaryCtxRetain", card));
    }

    private void call(String function, Object... arguments) {
        check(function, library.call(function, arguments));
    }

    /** The pointer that a function writes through its first argument. */
    private MemorySegment made(String function, Object... rest) {
        try (Arena scratch = Arena.ofConfined()) {
            Object[] arguments = new Object[rest.length + 1];
            System.arraycopy(rest, 0, arguments, 1, rest.length);
            MemorySegment into = scratch.allocate(ADDRESS);
            arguments[0] = into;
            call(function, arguments);
            return into.get(ADDRESS, 0);
        }
    }

    private void check(String function, int status) {
        if (status != 0) {
            throw new RuntimeException("%s: %s".formatted(function, text(status)));
        }
    }

    private String text(int status) {
        if (status == OUT_OF_MEMORY) {
            return "out of memory";
        }
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment into = scratch.allocate(ADDRESS);
            if (library.call("cuGetErrorString", status, into) != 0) {
                return "error " + status;
            }
            return into.get(ADDRESS, 0).reinterpret(Integer.MAX_VALUE).getString(0);
        }
    }

    // Kernels

    /** Loads machine code. */
    MemorySegment module(MemorySegment image) {
        return made("cuModuleLoadData", image);
    }

    /** A kernel of a module. */
    MemorySegment kernel(MemorySegment module, String name) {
        try (Arena scratch = Arena.ofConfined()) {
            return made("cuModuleGetFunction", module, scratch.allocateFrom(name));
        }
    }

    /**
     * Starts a kernel where libtorch computes.
     *
     * @param parameters a pointer to each argument
     */
    void launch(MemorySegment kernel, int blocks, int threads, MemorySegment parameters) {
        try {
            int status =
                    (int)
                            launchKernel.invokeExact(
                                    kernel,
                                    blocks,
                                    1,
                                    1,
                                    threads,
                                    1,
                                    1,
                                    0,
                                    DEFAULT_STREAM,
                                    parameters,
                                    MemorySegment.NULL);
            check("cuLaunchKernel", status);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    // Copies

    /** Starts a copy; memory that is not pinned has been read when this returns. */
    void copyToDevice(MemorySegment from, long address, MemorySegment stream) {
        try {
            int status = (int) copyToDevice.invokeExact(address, from, from.byteSize(), stream);
            check("cuMemcpyHtoDAsync", status);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** Starts a copy; memory that is not pinned has been written when this returns. */
    void copyToHost(long address, MemorySegment into, MemorySegment stream) {
        try {
            int status = (int) copyToHost.invokeExact(into, address, into.byteSize(), stream);
            check("cuMemcpyDtoHAsync", status);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** Memory of the host that the card reads and writes while it computes. */
    MemorySegment pinned(long bytes) {
        return made("cuMemHostAlloc", bytes, 0).reinterpret(bytes);
    }

    void freePinned(MemorySegment memory) {
        call("cuMemFreeHost", memory);
    }

    // Order

    MemorySegment stream() {
        return made("cuStreamCreate", NON_BLOCKING);
    }

    /** Waits until everything started on a stream is done. */
    void finish(MemorySegment stream) {
        call("cuStreamSynchronize", stream);
    }

    MemorySegment event() {
        return made("cuEventCreate", DISABLE_TIMING);
    }

    void freeEvent(MemorySegment event) {
        call("cuEventDestroy_v2", event);
    }

    void freeStream(MemorySegment stream) {
        call("cuStreamDestroy_v2", stream);
    }

    /** Marks the place that a stream has come to. */
    void record(MemorySegment event, MemorySegment stream) {
        try {
            int status = (int) recordEvent.invokeExact(event, stream);
            check("cuEventRecord", status);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** What is started on a stream from here on begins after the marked place. */
    void await(MemorySegment event, MemorySegment stream) {
        try {
            int status = (int) waitForEvent.invokeExact(stream, event, 0);
            check("cuStreamWaitEvent", status);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    private static RuntimeException unchecked(Throwable e) {
        return e instanceof RuntimeException r ? r : new IllegalStateException(e);
    }

    /** Free and total bytes of the card. */
    record CardMemory(long free, long total) {}

    CardMemory cardMemory() {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment free = scratch.allocate(JAVA_LONG);
            MemorySegment total = scratch.allocate(JAVA_LONG);
            call("cuMemGetInfo_v2", free, total);
            return new CardMemory(free.get(JAVA_LONG, 0), total.get(JAVA_LONG, 0));
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
