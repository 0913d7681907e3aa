package dev.hone.torch;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The team of threads that libtorch's own operations run on, lent through {@code GOMP_parallel},
 * the entry point that compilers call for {@code #pragma omp parallel} (GNU libgomp manual,
 * "Implementing PARALLEL construct"; LLVM's libomp has it too).
 *
 * <p>The team is always asked for in full, because OpenMP ends and restarts threads when the size
 * changes; threads without a part go away at once.
 */
final class OpenMpTeam extends CpuTeam {
    private static final String ENTRY = "GOMP_parallel";

    private final MethodHandle parallel;
    private final MemorySegment body;
    private final Arena arena = Arena.ofShared();
    private final CpuScratch[] scratches;

    // The work under way. Written by the caller before the team starts, read by the team.
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile @Nullable Work work;

    private record Work(int units, int parts, Task task) {}

    static boolean isAvailable() {
        return Loader.addressof(ENTRY) != null;
    }

    /**
     * @throws IllegalStateException when libtorch's OpenMP has no such entry point
     */
    OpenMpTeam(int threads) {
        super(threads);
        Pointer entry = Loader.addressof(ENTRY);
        if (entry == null) {
            throw new IllegalStateException("no library of this process has " + ENTRY);
        }
        Linker linker = Linker.nativeLinker();
        parallel =
                linker.downcallHandle(
                        MemorySegment.ofAddress(entry.address()),
                        FunctionDescriptor.ofVoid(
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT));
        body = linker.upcallStub(handle(), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS), arena);
        scratches =
                IntStream.range(0, threads)
                        .mapToObj(_ -> new CpuScratch())
                        .toArray(CpuScratch[]::new);
    }

    private MethodHandle handle() {
        try {
            return MethodHandles.lookup()
                    .bind(this, "takePart", MethodType.methodType(void.class, MemorySegment.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    void share(int units, int parts, Task task) {
        failure.set(null);
        next.set(0);
        work = new Work(units, parts, task);
        try {
            parallel.invokeExact(body, MemorySegment.NULL, threads(), 0);
        } catch (Throwable e) {
            throw new IllegalStateException("OpenMP would not start its threads", e);
        } finally {
            work = null;
        }
        switch (failure.get()) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> {}
        }
    }

    @Override
    void alone(int units, Task task) {
        task.run(scratches[0], 0, units);
    }

    /**
     * What each thread of the team runs; takes further parts where the team is smaller than asked.
     * An exception must not leave here: there is only native code above.
     */
    @SuppressWarnings("unused") // called by OpenMP
    private void takePart(MemorySegment data) {
        Work mine = work;
        if (mine == null) {
            return;
        }
        for (int part = next.getAndIncrement();
                part < mine.parts();
                part = next.getAndIncrement()) {
            try {
                mine.task()
                        .run(
                                scratches[part],
                                cut(mine.units(), part, mine.parts()),
                                cut(mine.units(), part + 1, mine.parts()));
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            }
        }
    }

    @Override
    public void close() {
        arena.close();
        for (CpuScratch scratch : scratches) {
            scratch.close();
        }
    }
}
