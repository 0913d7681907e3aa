package dev.hone.plan;

import dev.hone.model.LoraSpec;
import dev.hone.model.ModelConfig;
import dev.hone.model.Quantization;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.train.RunFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The methods side by side, and which to take. What the engine runs is counted. Adapters on a base
 * of 8 and of 4 bits are by formula: LoRA as counted, its linear weights replaced by their
 * quantized size, and one of them in bf16 beside it while it is multiplied with.
 *
 * @param verdict which to take and why
 */
public record MethodAdvice(List<MethodRow> rows, String verdict) {

    /** Compares the methods for a run. */
    public static MethodAdvice of(Inputs in) {
        List<MethodRow> rows = new ArrayList<>();
        RunFile.Method full = new RunFile.Method.Full();
        RunFile.Method.Lora lora =
                in.method() instanceof RunFile.Method.Lora given
                        ? new RunFile.Method.Lora(given.spec(), given.from())
                        : new RunFile.Method.Lora(
                                new LoraSpec(16, 32, 0, List.of(LoraSpec.ALL_LINEAR), false),
                                Optional.empty());
        rows.add(in.counted("full", full, "nothing; the result is a whole new model"));
        MemoryPlan memory = in.memory(lora);
        TimePlan time = in.time(lora);
        rows.add(in.counted("lora", lora, "little: published comparisons come close to full"));
        if (in.training().dtype() == DType.BF16) {
            long linear = Sizes.linear(in.config());
            rows.add(
                    in.quantized(
                            "qlora, 8 bit",
                            memory,
                            time,
                            Sizes.int8Bytes(linear, in.config().hiddenSize()),
                            "base rounded to 8 bits"));
            rows.add(
                    in.counted(
                            "qlora, 4 bit",
                            onFourBits(lora),
                            "base rounded to 4 bits; merging moves the result a little"));
        }
        return new MethodAdvice(List.copyOf(rows), verdict(rows));
    }

    private static RunFile.Method onFourBits(RunFile.Method.Lora lora) {
        return new RunFile.Method.Lora(
                lora.spec(), lora.from(), Optional.of(new Quantization.Nf4(true)));
    }

    private static String verdict(List<MethodRow> rows) {
        MethodRow full = rows.get(0);
        MethodRow lora = rows.get(1);
        if (lora.best().isPresent()) {
            String against =
                    full.best().isEmpty()
                            ? "full training fits no single card of the catalogue"
                            : String.format(
                                    Locale.ROOT,
                                    "full training needs %.1f times its memory",
                                    (double) full.leastPeakBytes() / lora.leastPeakBytes());
            return "Take lora: it fits one %s, and %s."
                    .formatted(lora.best().get().name(), against);
        }
        return rows.stream()
                .skip(2)
                .sorted(Comparator.comparing(MethodRow::counted).reversed())
                .filter(r -> r.best().isPresent())
                .findFirst()
                .map(r ->
                        r.counted()
                                ? "Take %s: lora fits no single card of the catalogue, and this fits one %s."
                                        .formatted(r.name(), r.best().get().name())
                                : "lora fits no single card of the catalogue. By formula %s would fit one %s; the engine does not run it."
                                        .formatted(r.name(), r.best().get().name()))
                .orElse(
                        "No method fits a single card of the catalogue: take a smaller model, or shorter micro-batches (training.micro_batch_tokens).");
    }

    /**
     * What the rows are computed from.
     *
     * @param counts of methods so far
     */
    record Inputs(
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            Workload work,
            Map<RunFile.Method, RunCount> counts,
            RunPlan.Knowledge known) {

        private RunCount count(RunFile.Method m) {
            return counts.computeIfAbsent(
                    m, other -> new RunCount(Device.cuda(0), config, other, training, work));
        }

        MemoryPlan memory(RunFile.Method m) {
            return count(m).memory(training.memory().keep());
        }

        TimePlan time(RunFile.Method m) {
            return TimePlan.of(count(m));
        }

        private MethodRow counted(String name, RunFile.Method m, String lost) {
            RunCount counted = count(m);
            long weights = counted.step(training.memory().keep()).state().weights();
            return row(name, true, weights, counted, TimePlan.of(counted), 0, lost);
        }

        /** Scratch and dequantizing come on top: every weight is read and written in bf16 twice. */
        private MethodRow quantized(
                String name, MemoryPlan lora, TimePlan time, long bytes, String lost) {
            long linear = Sizes.linear(config);
            long less =
                    Sizes.bf16Bytes(linear) - bytes - Sizes.bf16Bytes(Sizes.largestLinear(config));
            Needs smaller = Needs.fixed(lora.keep(), lora.peakBytes() - less);
            double microBatches = (double) work.tokens() / work.typical().tokens();
            double moved = microBatches * 2 * (bytes + Sizes.bf16Bytes(linear));
            return row(
                    name,
                    false,
                    bytes + Sizes.bf16Bytes(Sizes.other(config)),
                    smaller,
                    time,
                    moved,
                    lost);
        }

        private MethodRow row(
                String name,
                boolean counted,
                long weights,
                Needs needs,
                TimePlan time,
                double movedBytes,
                String lost) {
            Ranking.Wishes single =
                    new Ranking.Wishes(
                            Ranking.Sort.COST,
                            known.wishes().gpu(),
                            1,
                            known.wishes().kinds(),
                            OptionalDouble.empty(),
                            OptionalDouble.empty(),
                            known.wishes().electricity());
            Optional<Choice> best =
                    Ranking.of(
                                    known.catalogue(),
                                    known.prices(),
                                    known.calibrations(),
                                    needs,
                                    time,
                                    training.dtype(),
                                    single)
                            .stream()
                            .filter(c -> c.out().isEmpty())
                            .findFirst();
            OptionalDouble hours = OptionalDouble.empty();
            OptionalDouble dollars = OptionalDouble.empty();
            if (best.isPresent()) {
                double extra = movedBytes / (best.get().gpu().bandwidth().value() * 1e9) / 3600;
                double sum = best.get().hours().middle() + extra;
                hours = OptionalDouble.of(sum);
                if (best.get().price().isPresent()) {
                    dollars = OptionalDouble.of(sum * best.get().price().get().dollarsPerHour());
                }
            }
            return new MethodRow(
                    name,
                    counted,
                    weights,
                    needs.peakBytes(needs.policies().getFirst()),
                    needs.peakBytes(needs.policies().getLast()),
                    best.map(c -> c.keep().describe(config.layers())),
                    best.map(Choice::gpu),
                    hours,
                    dollars,
                    lost);
        }
    }
}
