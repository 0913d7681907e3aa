package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
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
        assertThat(book.find("A  B", "bf16", Calibration.ANY_GPU).factor()).isEqualTo(2.5);
        assertThat(book.find("L4", "bf16", Calibration.ANY_GPU).factor()).isEqualTo(3);
    }

    @Test
    void aFaultInTheFileIsNamed() throws Exception {
        Path file = folder.resolve("calibration.csv");
        Files.writeString(
                file, "device,dtype,factor,low,high,as_of,basis\nL4,fp16,1,1,1,2026-11-24,x\n");
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
