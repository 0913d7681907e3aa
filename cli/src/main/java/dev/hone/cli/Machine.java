package dev.hone.cli;

import dev.hone.tensor.Ops;
import dev.hone.torch.CardMemory;
import dev.hone.torch.TorchOps;
import dev.hone.train.FreeMemory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Facts of the machine and of this process. */
final class Machine {
    private Machine() {}

    /** Physical memory. */
    static Optional<Long> memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean os
                ? Optional.of(os.getTotalMemorySize())
                : Optional.empty();
    }

    /** Most memory this process ever had resident, as the kernel counts it; only Linux tells. */
    static Optional<Long> peakResidentBytes() {
        return status("VmHWM:");
    }

    /** Memory this process has resident now. */
    static Optional<Long> residentBytes() {
        return status("VmRSS:");
    }

    /** Memory that is free on an engine's device, and on the host. */
    static FreeMemory free(Ops ops) {
        OptionalLong host = freeHostBytes();
        return card(ops)
                .map(card -> new FreeMemory(OptionalLong.of(card.free()), host))
                .orElseGet(() -> new FreeMemory(host, host));
    }

    /** The memory of an engine's card; empty for a processor. */
    static Optional<CardMemory> card(Ops ops) {
        return ops instanceof TorchOps torch ? torch.cardMemory() : Optional.empty();
    }

    /**
     * What programs can have without others being moved out, in a container no more than it is
     * given.
     */
    private static OptionalLong freeHostBytes() {
        Optional<Long> available = field("/proc/meminfo", "MemAvailable:");
        Optional<Long> total = memoryBytes();
        Optional<Long> resident = residentBytes();
        if (available.isEmpty() || total.isEmpty() || resident.isEmpty()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Math.min(available.get(), total.get() - resident.get()));
    }

    private static Optional<Long> status(String name) {
        return field("/proc/self/status", name);
    }

    /** A number of KiB, of which Linux keeps many. */
    private static Optional<Long> field(String file, String name) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst();
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
