package dev.hone.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Calibrations: those that come with Hone, and on top of them those made on the user's machine. */
public final class CalibrationBook {
    private static final List<String> COLUMNS =
            List.of("device", "dtype", "factor", "low", "high", "as_of", "basis");

    private final List<Calibration> entries;

    private CalibrationBook(List<Calibration> entries) {
        this.entries = entries;
    }

    /** What comes with Hone. */
    public static CalibrationBook shipped() {
        return of(Table.resource("calibration.csv", COLUMNS));
    }

    /** What comes with Hone, and a file's on top; the file need not exist. */
    public static CalibrationBook with(Path file) {
        CalibrationBook shipped = shipped();
        return Files.exists(file) ? shipped.with(of(Table.read(file, COLUMNS)).entries) : shipped;
    }

    /** Where {@code hone bench --calibrate} writes: the user's folder for settings. */
    public static Path userFile(Map<String, String> environment, Path home) {
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        return (config.isBlank() ? home.resolve(".config") : Path.of(config))
                .resolve("hone/calibration.csv");
    }

    private static CalibrationBook of(Table table) {
        List<Calibration> entries = new ArrayList<>();
        for (Table.Row row : table.rows()) {
            String dtype = row.text("dtype");
            if (!List.of("bf16", "fp32").contains(dtype)) {
                throw row.wrong("dtype", "bf16 or fp32");
            }
            entries.add(
                    new Calibration(
                            row.text("device"),
                            dtype,
                            row.positive("factor"),
                            row.positive("low"),
                            row.positive("high"),
                            row.date("as_of"),
                            row.text("basis")));
        }
        return new CalibrationBook(List.copyOf(entries));
    }

    private CalibrationBook with(List<Calibration> newer) {
        Map<List<String>, Calibration> merged = new LinkedHashMap<>();
        Stream.concat(entries.stream(), newer.stream())
                .forEach(c -> merged.put(List.of(c.device(), c.dtype()), c));
        return new CalibrationBook(List.copyOf(merged.values()));
    }

    /** That of the device if it was measured, else that of any of its kind. */
    public Calibration find(String device, String dtype, String anyOfItsKind) {
        return entry(device, dtype)
                .findFirst()
                .or(() -> entry(anyOfItsKind, dtype).findFirst())
                .orElseThrow(() ->
                        new IllegalStateException(
                                "calibration.csv has no '%s' for %s"
                                        .formatted(anyOfItsKind, dtype)));
    }

    private Stream<Calibration> entry(String device, String dtype) {
        return entries.stream().filter(c -> c.device().equals(device) && c.dtype().equals(dtype));
    }

    /** Writes {@code entry} into a user's file, in place of one for the same device and dtype. */
    public static void save(Path file, Calibration entry) throws IOException {
        List<Calibration> before =
                Files.exists(file) ? of(Table.read(file, COLUMNS)).entries : List.of();
        StringBuilder out = new StringBuilder();
        out.append("# Step time over roofline, measured by hone bench --calibrate.\n");
        out.append(String.join(",", COLUMNS)).append('\n');
        for (Calibration c : new CalibrationBook(before).with(List.of(entry)).entries) {
            out.append(
                    String.format(
                            Locale.ROOT,
                            "%s,%s,%.4f,%.4f,%.4f,%s,%s%n",
                            c.device().replace(',', ' '),
                            c.dtype(),
                            c.factor(),
                            c.low(),
                            c.high(),
                            c.asOf(),
                            c.basis()));
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(file, out.toString());
    }
}
