package dev.hone.plan;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;

/** Calibrations: those that come with Hone, and on top of them those made on the user's machine. */
public final class CalibrationBook {
    private static final List<String> COLUMNS =
            List.of("device", "dtype", "factor", "low", "high", "runs", "as_of", "basis");

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

    /** Where runs and {@code hone bench --calibrate} write: the user's folder for settings. */
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
                            row.least("runs", 0),
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
        return entries.stream().filter(c -> c.isOf(device, dtype));
    }

    /** Writes {@code entry} into a user's file, in place of one for the same device and dtype. */
    public static void save(Path file, Calibration entry) throws IOException {
        update(file, (_, newer) -> newer, entry);
    }

    /** Adds a measurement to what a user's file has of the same device and dtype. */
    public static Calibration learn(Path file, Calibration measured) throws IOException {
        return update(file, Calibration::with, measured);
    }

    /**
     * Changes a file, one at a time: other threads and other processes wait. The file is replaced
     * in one go, so that one who reads it never sees half of it.
     */
    private static Calibration update(Path file, BinaryOperator<Calibration> how, Calibration newer)
            throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path lock = file.resolveSibling(file.getFileName() + ".lock");
        synchronized (CalibrationBook.class) {
            try (FileChannel channel =
                            FileChannel.open(
                                    lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                List<Calibration> before =
                        Files.exists(file) ? of(Table.read(file, COLUMNS)).entries : List.of();
                Calibration after =
                        before.stream()
                                .filter(c -> c.isOf(newer.device(), newer.dtype()))
                                .findFirst()
                                .map(c -> how.apply(c, newer))
                                .orElse(newer);
                Path partial = file.resolveSibling(file.getFileName() + ".partial");
                Files.writeString(partial, new CalibrationBook(before).with(List.of(after)).csv());
                Files.move(
                        partial,
                        file,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
                return after;
            }
        }
    }

    private String csv() {
        StringBuilder out = new StringBuilder();
        out.append("# Step time over roofline, measured by runs and by hone bench --calibrate.\n");
        out.append(String.join(",", COLUMNS)).append('\n');
        for (Calibration c : entries) {
            out.append(
                    String.format(
                            Locale.ROOT,
                            "%s,%s,%.4f,%.4f,%.4f,%d,%s,%s%n",
                            c.device(),
                            c.dtype(),
                            c.factor(),
                            c.low(),
                            c.high(),
                            c.runs(),
                            c.asOf(),
                            c.basis()));
        }
        return out.toString();
    }
}
