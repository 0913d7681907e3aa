package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.data.OptimizerStep;
import dev.hone.model.Holding;
import dev.hone.model.Keep;
import dev.hone.model.KeepPolicy;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.Cost;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("unit")
final class MemoryFitTest {
    private static final Path MODEL =
            Path.of("src/test/resources/goldens/llama/model").toAbsolutePath();

    /** Of a card whose bus is slow beside it. */
    private static final Speed SPEED =
            new Speed() {
                @Override
                public double seconds(Map<Cost.Work, Long> work) {
                    return StepCount.sum(work, Cost.Work::flops) / 1e9;
                }

                @Override
                public double transferSeconds(long bytes) {
                    return bytes / 1e7;
                }
            };

    @TempDir private Path folder;

    private final ModelConfig config = ModelConfig.read(MODEL);
    private final List<OptimizerStep> steps =
            List.of(StepBenchmark.step(4, 256, config.vocabulary()));

    @Test
    void withoutALimitTheRunStaysAsItIs() throws IOException {
        RunFile run = run(Map.of());
        assertThat(fit(run)).isSameAs(run);
    }

    @Test
    void theFastestPolicyWithinTheLimitIsTaken() throws IOException {
        List<KeepPolicy> policies = KeepPolicy.byMemory(config.layers());
        List<Long> peaks = new ArrayList<>();
        for (KeepPolicy policy : policies) {
            peaks.add(peak(policy));
        }
        assertThat(peaks).isSortedAccordingTo(Comparator.reverseOrder());
        for (long limit : peaks) {
            RunFile fitted = fit(run(Map.of("memory.limit", String.valueOf(limit))));
            assertThat(fitted.training().memory().holding().keep())
                    .isEqualTo(policies.get(peaks.indexOf(limit)));
        }
    }

    @Test
    void inADeepModelTooItIsTheFastestByTheFullCount() throws IOException {
        ModelConfig deep = config.withLayers(9);
        RunFile run = run(Map.of());
        List<KeepPolicy> policies = KeepPolicy.byMemory(deep.layers());
        List<Long> peaks = new ArrayList<>();
        for (KeepPolicy policy : policies) {
            peaks.add(
                    Forecast.largest(
                                    Device.CPU,
                                    deep,
                                    run.method(),
                                    run.training().holding(new Holding(policy)),
                                    steps)
                            .peakBytes());
        }
        for (long limit : List.of(peaks.get(0), peaks.get(3), peaks.get(9) + 7, peaks.getLast())) {
            RunFile limited = run(Map.of("memory.limit", String.valueOf(limit)));
            KeepPolicy keep =
                    fit(limited, deep, Device.CPU, FreeMemory.UNKNOWN)
                            .training()
                            .memory()
                            .holding()
                            .keep();
            int chosen = policies.indexOf(keep);
            assertThat(peaks.get(chosen)).isLessThanOrEqualTo(limit);
            assertThat(chosen == 0 || peaks.get(chosen - 1) > limit).isTrue();
        }
    }

    @Test
    void aLimitThatNothingMeetsIsRefusedWithWhatWouldHelp() throws IOException {
        long least = peak(KeepPolicy.all(Keep.INPUT));
        RunFile run = run(Map.of("memory.limit", "1KiB"));
        assertThatThrownBy(() -> fit(run))
                .isInstanceOf(TrainingException.class)
                .hasMessage(
                        ("memory.limit is 1,024 bytes, and a step needs %,d even when every layer keeps"
                                        + " only its input; lower training.micro_batch_tokens (now"
                                        + " 4,096), use method qlora, or raise memory.limit")
                                .formatted(least));
    }

    @Test
    void whatDoesNotFitHostMemoryIsNotPutThere() throws IOException {
        ModelConfig deep = config.withLayers(9);
        Device card = Device.cuda(0);
        Holding inputs = new Holding(new KeepPolicy(9, 0));
        RunFile any = run(Map.of());
        long onCard =
                Forecast.largest(card, deep, any.method(), any.training().holding(inputs), steps)
                        .peakBytes();
        RunFile run = run(Map.of("memory.limit", String.valueOf(onCard)));
        RunFile less = run(Map.of("memory.limit", String.valueOf(onCard - 1)));
        FreeMemory noHost = new FreeMemory(OptionalLong.empty(), OptionalLong.of(0));
        assertThat(fit(run, deep, card, noHost).training().memory().holding()).isEqualTo(inputs);
        assertThat(
                        fit(less, deep, card, FreeMemory.UNKNOWN)
                                .training()
                                .memory()
                                .holding()
                                .describe(9))
                .contains("host memory");
        assertThatThrownBy(() -> fit(less, deep, card, noHost))
                .isInstanceOf(TrainingException.class)
                .hasMessageMatching(
                        "memory.limit is [\\d,]+ bytes, and when layers keep .*host memory.*, which fits, [\\d,]+ bytes wait in host memory, where 0 are free; lower training.micro_batch_tokens \\(now 4,096\\), use method qlora, or take a machine with more memory");
    }

    private long peak(KeepPolicy policy) throws IOException {
        RunFile.TrainingSection training = run(Map.of()).training().holding(new Holding(policy));
        return Forecast.of(
                        CountingOps.of(Device.CPU),
                        config,
                        run(Map.of()).method(),
                        training,
                        steps.getFirst())
                .peakBytes();
    }

    private RunFile fit(RunFile run) {
        return fit(run, config, Device.CPU, FreeMemory.UNKNOWN);
    }

    private RunFile fit(RunFile run, ModelConfig shape, Device device, FreeMemory free) {
        return MemoryFit.fit(run, shape, steps, device, free, SPEED);
    }

    private RunFile run(Map<String, String> overrides) throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("run.yml"),
                        "model: %s\ndata: { train: rows.jsonl }\noutput: out\n".formatted(MODEL));
        return RunFile.read(file, overrides);
    }
}
