package dev.hone.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks NVIDIA's management library, which every driver brings, for the driver's version and its
 * cards. Needs nothing of CUDA's on the class path. Names and types are those of the NVML API
 * reference.
 */
final class Nvml {
    private static final int TEXT_BYTES = 96;

    private final NativeLibrary library;
    private final Arena arena;

    /** What the driver says; no driver and no cards where there is no such library. */
    record Report(Optional<String> driver, List<Hardware.Gpu> gpus) {}

    private Nvml(NativeLibrary library, Arena arena) {
        this.library = library;
        this.arena = arena;
    }

    static Report report() {
        return report("libnvidia-ml.so.1", "nvml.dll");
    }

    static Report report(String linux, String windows) {
        try (Arena arena = Arena.ofConfined()) {
            Nvml nvml = new Nvml(NativeLibrary.open(linux, windows, arena), arena);
            nvml.call("nvmlInit_v2");
            try {
                return nvml.ask();
            } finally {
                nvml.call("nvmlShutdown");
            }
        } catch (IllegalArgumentException | Refused _) {
            return new Report(Optional.empty(), List.of()); // no such library, or no card behind it
        }
    }

    private Report ask() {
        MemorySegment text = arena.allocate(TEXT_BYTES);
        call("nvmlSystemGetDriverVersion", text, TEXT_BYTES);
        String driver = text.getString(0);
        MemorySegment number = arena.allocate(JAVA_INT);
        call("nvmlDeviceGetCount_v2", number);
        int count = number.get(JAVA_INT, 0);
        List<Hardware.Gpu> gpus = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            gpus.add(card(index));
        }
        return new Report(Optional.of(driver), List.copyOf(gpus));
    }

    private Hardware.Gpu card(int index) {
        MemorySegment holder = arena.allocate(ADDRESS);
        call("nvmlDeviceGetHandleByIndex_v2", index, holder);
        MemorySegment card = holder.get(ADDRESS, 0);
        MemorySegment name = arena.allocate(TEXT_BYTES);
        call("nvmlDeviceGetName", card, name, TEXT_BYTES);
        MemorySegment memory = arena.allocate(JAVA_LONG, 3); // total, free, used
        call("nvmlDeviceGetMemoryInfo", card, memory);
        MemorySegment major = arena.allocate(JAVA_INT);
        MemorySegment minor = arena.allocate(JAVA_INT);
        call("nvmlDeviceGetCudaComputeCapability", card, major, minor);
        return new Hardware.Gpu(
                index,
                name.getString(0),
                memory.get(JAVA_LONG, 0),
                major.get(JAVA_INT, 0),
                minor.get(JAVA_INT, 0));
    }

    private void call(String function, Object... arguments) {
        int status = library.call(function, arguments);
        if (status != 0) {
            throw new Refused(function + " answered " + status);
        }
    }

    private static final class Refused extends RuntimeException {
        Refused(String message) {
            super(message);
        }
    }
}
