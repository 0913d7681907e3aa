package dev.hone.cli;

import java.util.Locale;

/** Numbers as people read them. */
final class Units {
    private Units() {}

    /** Binary units: 1536 is {@code 1.5 KiB}. */
    static String bytes(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0
                ? bytes + " B"
                : String.format(
                        Locale.ROOT, value < 10 ? "%.2f %s" : "%.1f %s", value, units[unit]);
    }

    /** Counts: 1234567 is {@code 1.23 M}. */
    static String count(double count) {
        String[] units = {"", " k", " M", " G", " T", " P"};
        double value = count;
        int unit = 0;
        while (value >= 1000 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, value < 10 ? "%.2f%s" : "%.1f%s", value, units[unit]);
    }

    /** Of parts of a second too: {@code 71 ms}, {@code 1.3 s}, {@code 42 s}. */
    static String shortDuration(double seconds) {
        return seconds < 0.9995
                ? Math.round(seconds * 1000) + " ms"
                : seconds < 10 ? String.format(Locale.ROOT, "%.1f s", seconds) : duration(seconds);
    }

    /** {@code 42 s}, {@code 3 min 20 s}, {@code 2 h 5 min}. */
    static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        if (whole < 3600) {
            return "%d min %d s".formatted(whole / 60, whole % 60);
        }
        return "%d h %d min".formatted(whole / 3600, whole % 3600 / 60);
    }
}
