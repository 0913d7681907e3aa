package dev.hone.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

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

    private static Optional<Long> status(String field) {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(field))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst();
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
