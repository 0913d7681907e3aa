package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationBookTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 24);

    @TempDir private Path folder = Path.of("");

    @Test
    void aDeviceThatWasNeverMeasuredGoesByItsKind() {
        Calibration found = CalibrationBook.shipped().find("RTX 4090", "bf16", Calibration.ANY_GPU);
        assertThat(found.device()).isEqualTo(Calibration.ANY_GPU);
        assertThat(found.measured()).isFalse();
        assertThat(found.low()).isLessThan(found.factor());
        assertThat(found.high()).isGreaterThan(found.factor());
    }

    @Test
    void whatWasMeasuredStandsInForItsKindFromThenOnAndNarrowsTheInterval() throws Exception {
        Path file = folder.resolve("new/calibration.csv");
        Calibration measured =
                Calibration.measured("RTX 4090", "bf16", 3, 2, DAY, "llama-3.2-1b lora, 4 x 2048");
        CalibrationBook.save(file, measured);
        CalibrationBook book = CalibrationBook.with(file);
        Calibration found = book.find("RTX 4090", "bf16", Calibration.ANY_GPU);
        assertThat(found.factor()).isEqualTo(1.5);
        assertThat(found.measured()).isTrue();
        assertThat(found.basis()).isEqualTo("llama-3.2-1b lora, 4 x 2048");
        Calibration other = book.find("RTX 3090", "bf16", Calibration.ANY_GPU);
        assertThat(found.high() / found.low()).isLessThan(other.high() / other.low());
    }

    @Test
    void aNewerMeasurementReplacesTheOlderAndLeavesOthersAlone() throws Exception {
        Path file = folder.resolve("calibration.csv");
        CalibrationBook.save(file, Calibration.measured("A, B", "bf16", 3, 2, DAY, "x"));
        CalibrationBook.save(file, Calibration.measured("L4", "bf16", 3, 1, DAY, "x"));
        CalibrationBook.save(file, Calibration.measured("A, B", "bf16", 5, 2, DAY, "x"));
        CalibrationBook book = CalibrationBook.with(file);
        assertThat(book.find("A, B", "bf16", Calibration.ANY_GPU).factor()).isEqualTo(2.5);
        assertThat(book.find("L4", "bf16", Calibration.ANY_GPU).factor()).isEqualTo(3);
    }

    private static Calibration run(double factor) {
        return Calibration.measured("L4", "bf16", factor, 1, DAY, "a run");
    }

    @Test
    void everyRunWeighsTheSame() throws Exception {
        Path file = folder.resolve("calibration.csv");
        CalibrationBook.learn(file, run(2));
        CalibrationBook.learn(file, run(4));
        Calibration third = CalibrationBook.learn(file, run(1));
        assertThat(third.runs()).isEqualTo(3);
        assertThat(third.factor()).isCloseTo(2, within(1e-3));
        Calibration found = CalibrationBook.with(file).find("L4", "bf16", Calibration.ANY_GPU);
        assertThat(found.runs()).isEqualTo(3);
        assertThat(found.factor()).isCloseTo(2, within(1e-3));
        assertThat(found.low()).isLessThan(1.1);
        assertThat(found.high()).isGreaterThan(3.9);
    }

    @Test
    void runsThatAgreeNarrowTheIntervalAndOneThatDoesNotWidensIt() {
        Calibration calibration = run(2);
        for (int i = 0; i < 7; i++) {
            Calibration next = calibration.with(run(2));
            assertThat(next.high() / next.low()).isLessThan(calibration.high() / calibration.low());
            calibration = next;
        }
        assertThat(calibration.factor()).isCloseTo(2, within(1e-9));
        assertThat(calibration.high() / calibration.factor()).isBetween(1.05, 1.06);
        Calibration odd = calibration.with(run(4));
        assertThat(odd.high() / odd.low()).isGreaterThan(calibration.high() / calibration.low());
    }

    @Test
    void afterManyRunsTheOldOnesFade() {
        Calibration calibration = run(2);
        for (int i = 0; i < 200; i++) {
            calibration = calibration.with(run(2));
        }
        for (int i = 0; i < 60; i++) {
            calibration = calibration.with(run(1));
        }
        assertThat(calibration.factor()).isBetween(1.0, 1.05);
        assertThat(calibration.runs()).isEqualTo(261);
    }

    @Test
    void runsAtTheSameTimeAllCount() throws Exception {
        Path file = folder.resolve("calibration.csv");
        int runs = 24;
        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            List<Future<Calibration>> learning = new ArrayList<>();
            for (int i = 0; i < runs; i++) {
                learning.add(pool.submit(() -> CalibrationBook.learn(file, run(2))));
            }
            for (Future<Calibration> one : learning) {
                one.get();
            }
        }
        assertThat(CalibrationBook.with(file).find("L4", "bf16", Calibration.ANY_GPU).runs())
                .isEqualTo(runs);
        assertThat(folder.resolve("calibration.csv.partial")).doesNotExist();
    }

    @Test
    void processesAtTheSameTimeAllCount() throws Exception {
        Path file = folder.resolve("calibration.csv");
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(
                    new ProcessBuilder(
                                    ProcessHandle.current().info().command().orElse("java"),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    Learner.class.getName(),
                                    file.toString(),
                                    "40")
                            .inheritIO()
                            .start());
        }
        for (Process process : processes) {
            assertThat(process.waitFor()).isZero();
        }
        assertThat(CalibrationBook.with(file).find("L4", "bf16", Calibration.ANY_GPU).runs())
                .isEqualTo(3 * 40);
    }

    /** A process that learns from so many runs. */
    static final class Learner {
        private Learner() {}

        public static void main(String[] arguments) throws IOException {
            for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
                CalibrationBook.learn(Path.of(arguments[0]), run(2));
            }
        }
    }

    @Test
    void aFaultInTheFileIsNamed() throws Exception {
        Path file = folder.resolve("calibration.csv");
        Files.writeString(
                file,
                "device,dtype,factor,low,high,runs,as_of,basis\nL4,fp16,1,1,1,1,2026-11-24,x\n");
        assertThatThrownBy(() -> CalibrationBook.with(file))
                .hasMessage(file + ":2: column 'dtype': expected bf16 or fp32, found 'fp16'");
    }

    @Test
    void theFileIsInTheUsersFolderForSettings() {
        Path home = Path.of("/home/ada");
        assertThat(CalibrationBook.userFile(Map.of(), home))
                .isEqualTo(Path.of("/home/ada/.config/hone/calibration.csv"));
        assertThat(CalibrationBook.userFile(Map.of("XDG_CONFIG_HOME", "/etc/ada"), home))
                .isEqualTo(Path.of("/etc/ada/hone/calibration.csv"));
    }
}
