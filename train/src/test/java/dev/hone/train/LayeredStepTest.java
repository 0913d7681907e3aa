package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.data.Batch;
import dev.hone.data.Example;
import dev.hone.data.OptimizerStep;
import dev.hone.model.Holding;
import dev.hone.model.Keep;
import dev.hone.model.KeepPolicy;
import dev.hone.model.LoraSpec;
import dev.hone.model.ModelConfig;
import dev.hone.model.Placement;
import dev.hone.model.Placements;
import dev.hone.model.Quantization;
import dev.hone.tensor.Cost;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is derived from two and three layers, against every layer counted. */
@Tag("unit")
final class LayeredStepTest {
    private static final List<String> FAMILIES =
            List.of("llama", "llama_tied", "mistral", "qwen2", "qwen3");
    private static final List<String> METHODS = List.of("lora", "qlora", "full");
    private static final List<Function<Device, CountingOps>> ENGINES =
            List.of(CountingOps::fused, CountingOps::composed, _ -> CountingOps.of(Device.cuda(0)));

    private static ModelConfig config(String family, int layers) {
        return ModelConfig.read(Path.of("src/test/resources/goldens", family, "model"))
                .withLayers(layers);
    }

    private static RunFile.Method method(String name) {
        LoraSpec spec = new LoraSpec(4, 8, 0.1, List.of(LoraSpec.ALL_LINEAR), false);
        return switch (name) {
            case "full" -> new RunFile.Method.Full();
            case "qlora" ->
                    new RunFile.Method.Lora(
                            spec, Optional.empty(), Optional.of(new Quantization.Nf4(true)));
            default -> new RunFile.Method.Lora(spec, Optional.empty());
        };
    }

    /** A micro-batch of sequences of these lengths, whose second halves are trained. */
    private static Batch batch(int... lengths) {
        List<Example> examples = new ArrayList<>();
        for (int length : lengths) {
            float[] weights = new float[length];
            Arrays.fill(weights, Math.max(1, length / 2), length, 1);
            examples.add(new Example("row", new int[length], weights));
        }
        int[] order = new int[lengths.length];
        Arrays.setAll(order, i -> i);
        return Batch.of(examples, order);
    }

    private static List<Holding> holdings(ModelConfig config, RunFile.Method method) {
        int layers = config.layers();
        List<Holding> holdings =
                new ArrayList<>(
                        Stream.of(
                                        KeepPolicy.EVERYTHING,
                                        KeepPolicy.all(Keep.NO_MLP),
                                        KeepPolicy.all(Keep.INPUT),
                                        KeepPolicy.all(Keep.PARKED),
                                        new KeepPolicy(0, 1),
                                        new KeepPolicy(0, layers - 1),
                                        new KeepPolicy(1, 0),
                                        new KeepPolicy(1, layers - 1),
                                        new KeepPolicy(layers - 1, 1),
                                        new KeepPolicy(layers - 1, 0),
                                        new KeepPolicy(2, layers / 2 - 1),
                                        new KeepPolicy(layers - 2, 2, 0),
                                        new KeepPolicy(2, 0, 0))
                                .map(Holding::new)
                                .toList());
        if (method instanceof RunFile.Method.Lora) {
            boolean embedding = !config.tied();
            for (Placements placements :
                    List.of(
                            Placements.all(Placement.HOST),
                            new Placements(0, Placement.HOST, embedding),
                            new Placements(layers - 1, Placement.HOST, embedding),
                            new Placements(2, Placement.HOST, false))) {
                for (KeepPolicy keep :
                        List.of(
                                KeepPolicy.EVERYTHING,
                                new KeepPolicy(1, 2),
                                KeepPolicy.all(Keep.PARKED))) {
                    holdings.add(new Holding(keep, placements));
                }
            }
        }
        return holdings;
    }

    /** One run, counted in full and derived. */
    private record Run(
            Function<Device, CountingOps> engine,
            ModelConfig config,
            RunFile.Method method,
            DType dtype,
            List<Batch> batches) {

        LayeredStep layered() {
            return LayeredStep.of(
                    config,
                    method,
                    (layers, holding) ->
                            StepCount.of(
                                    engine.apply(Device.CPU),
                                    config.withLayers(layers),
                                    method,
                                    settings(holding),
                                    batches));
        }

        RunFile.TrainingSection settings(Holding holding) {
            return StepBenchmark.settings(dtype).holding(holding);
        }

        Forecast whole(Holding holding, Batch... step) {
            return Forecast.of(
                    engine.apply(Device.CPU),
                    config,
                    method,
                    settings(holding),
                    new OptimizerStep(0, 0, List.of(step)));
        }
    }

    @ParameterizedTest
    @CsvSource({"4, BF16", "5, F32", "9, BF16"})
    void everyByteOfADeepModelFollows(int layers, DType dtype) {
        List<Batch> batches = List.of(batch(37, 5, 64), batch(90), batch(3, 2, 2));
        for (Function<Device, CountingOps> engine : ENGINES) {
            for (String family : FAMILIES) {
                for (String method : METHODS) {
                    Run run =
                            new Run(engine, config(family, layers), method(method), dtype, batches);
                    LayeredStep layered = run.layered();
                    for (Holding holding : holdings(config(family, layers), method(method))) {
                        String what = "%s %s %s".formatted(family, method, holding);
                        long most = 0;
                        for (Batch batch : batches) {
                            most = Math.max(most, run.whole(holding, batch).peakBytes());
                        }
                        assertThat(layered.peakBytes(holding)).as(what).isEqualTo(most);
                        StepCount step = layered.under(holding);
                        assertThat(step.peakBytes()).as(what).isEqualTo(most);
                        Batch heaviest = batches.get(step.heaviestPass());
                        same(step.forecast(heaviest.tokens()), run.whole(holding, heaviest), what);
                    }
                }
            }
        }
    }

    private static void same(Forecast derived, Forecast whole, String what) {
        assertThat(derived.parameters()).as(what).isEqualTo(whole.parameters());
        assertThat(derived.trainableParameters()).as(what).isEqualTo(whole.trainableParameters());
        assertThat(derived.weightBytes()).as(what).isEqualTo(whole.weightBytes());
        assertThat(derived.stateBytes()).as(what).isEqualTo(whole.stateBytes());
        assertThat(derived.peakBytes()).as(what).isEqualTo(whole.peakBytes());
        assertThat(derived.flops()).as(what).isEqualTo(whole.flops());
        assertThat(derived.bytesMoved()).as(what).isEqualTo(whole.bytesMoved());
        assertThat(derived.work()).as(what).isEqualTo(whole.work());
        if (derived.passPeakBytes() == whole.passPeakBytes()) {
            assertThat(derived.parts()).as(what).isEqualTo(whole.parts());
        } else {
            // The gradients' norm, which is of the update, needs more than the passes.
            assertThat(whole.passPeakBytes()).as(what).isGreaterThan(derived.passPeakBytes());
        }
    }

    @Test
    void aStepOfSeveralMicroBatchesIsItsPassesAndOneUpdate() {
        Batch first = batch(37, 5, 64);
        Batch second = batch(90, 12);
        Run run =
                new Run(
                        CountingOps::composed,
                        config("qwen3", 6),
                        method("lora"),
                        DType.BF16,
                        List.of(first, second));
        Holding holding = new Holding(new KeepPolicy(2, 3));
        StepCount step = run.layered().under(holding);
        Forecast whole = run.whole(holding, first, second);
        Map<Cost.Work, Long> work = step.update();
        for (PassCount pass : step.passes()) {
            work = StepCount.combined(work, pass.work(), 1);
        }
        assertThat(work).isEqualTo(whole.work());
        assertThat(step.peakBytes()).isEqualTo(whole.peakBytes());
    }

    @Test
    void aModelOfThreeLayersIsCounted() {
        Run run =
                new Run(
                        CountingOps::fused,
                        config("llama", 3),
                        method("lora"),
                        DType.BF16,
                        List.of(batch(64)));
        for (Holding holding : KeepPolicy.byMemory(3).stream().map(Holding::new).toList()) {
            assertThat(run.layered().peakBytes(holding))
                    .isEqualTo(run.whole(holding, batch(64)).peakBytes());
        }
    }

    @Test
    void whatKeepsLessIsSmallerAndComputesMore() {
        Run run =
                new Run(
                        CountingOps::fused,
                        config("llama", 12),
                        method("lora"),
                        DType.BF16,
                        List.of(batch(64, 64)));
        LayeredStep layered = run.layered();
        List<PassCount> layers =
                Stream.of(Keep.values())
                        .map(keep ->
                                layered.layer(new LayerKind(keep, Placement.DEVICE, false))
                                        .passes()
                                        .getFirst())
                        .toList();
        assertThat(layers.stream().map(PassCount::keptBytes).toList())
                .isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(layers.stream().map(PassCount::flops).toList()).isSorted();
        assertThat(layers.getFirst().flops()).isLessThan(layers.getLast().flops());
        assertThat(
                        KeepPolicy.byMemory(12).stream()
                                .map(Holding::new)
                                .map(layered::peakBytes)
                                .toList())
                .isSortedAccordingTo(Comparator.reverseOrder());
    }
}
