package dev.hone.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.bytedeco.pytorch.DebugInfoBase;
import org.bytedeco.pytorch.ThreadLocalDebugInfo;
import org.bytedeco.pytorch.global.torch.DebugInfoKind;

/**
 * What libtorch's own CPU allocator hands out on this thread while this is open: the witness that
 * {@link dev.hone.tensor.Memory} is compared with.
 *
 * <p>The allocator reports to a {@code c10::MemoryReportingInfoBase}, an abstract C++ class that
 * the binding cannot subclass. So an object of its concrete base gets a table of virtual functions
 * that lead here, laid out as the Itanium C++ ABI has it (Linux and macOS): two destructors,
 * reportMemoryUsage, reportOutOfMemory, memoryProfilingEnabled.
 */
final class NativeAllocations implements AutoCloseable {
    private static final int SLOTS = 5;

    private final Arena arena = Arena.ofConfined();
    private final DebugInfoBase reporter = new DebugInfoBase();
    private final MemorySegment object;
    private final MemorySegment ownTable;
    private long live;
    private long peak;

    NativeAllocations() {
        object = MemorySegment.ofAddress(reporter.address()).reinterpret(ADDRESS.byteSize());
        ownTable = object.get(ADDRESS, 0);
        MemorySegment table = arena.allocate(ADDRESS, SLOTS);
        table.setAtIndex(
                ADDRESS,
                2,
                upcall(
                        "reportMemoryUsage",
                        void.class,
                        ADDRESS,
                        ADDRESS,
                        JAVA_LONG,
                        JAVA_LONG,
                        JAVA_LONG,
                        JAVA_SHORT));
        table.setAtIndex(ADDRESS, 4, upcall("memoryProfilingEnabled", boolean.class, ADDRESS));
        object.set(ADDRESS, 0, table);
        ThreadLocalDebugInfo._push(DebugInfoKind.PROFILER_STATE, reporter);
    }

    /** Bytes that are allocated now, of those allocated since this was opened. */
    long liveBytes() {
        return live;
    }

    /** The most that {@link #liveBytes} was since the start or the last {@link #resetPeak}. */
    long peakBytes() {
        return peak;
    }

    void resetPeak() {
        peak = live;
    }

    private MemorySegment upcall(String name, Class<?> result, MemoryLayout... arguments) {
        FunctionDescriptor descriptor =
                result == void.class
                        ? FunctionDescriptor.ofVoid(arguments)
                        : FunctionDescriptor.of(JAVA_BOOLEAN, arguments);
        MethodType type = descriptor.toMethodType();
        try {
            MethodHandle method =
                    MethodHandles.lookup().findVirtual(NativeAllocations.class, name, type);
            return Linker.nativeLinker().upcallStub(method.bindTo(this), descriptor, arena);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    @SuppressWarnings({"unused", "UnusedVariable"}) // called by libtorch
    private void reportMemoryUsage(
            MemorySegment self,
            MemorySegment block,
            long bytes,
            long allocated,
            long reserved,
            short device) {
        live += bytes;
        peak = Math.max(peak, live);
    }

    @SuppressWarnings({"unused", "UnusedVariable"}) // called by libtorch
    private boolean memoryProfilingEnabled(MemorySegment self) {
        return true;
    }

    @Override
    public void close() {
        ThreadLocalDebugInfo._pop(DebugInfoKind.PROFILER_STATE).close();
        object.set(ADDRESS, 0, ownTable);
        reporter.close();
        arena.close();
    }
}
