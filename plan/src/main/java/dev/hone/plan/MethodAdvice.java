package dev.hone.plan;

import dev.hone.model.LoraSpec;
import dev.hone.model.Quantization;
import dev.hone.tensor.DType;
import dev.hone.train.OptimizerRule;
import dev.hone.train.RunFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The methods side by side, each counted, and which to take.
 *
 * @param verdict which to take and why
 */
public record MethodAdvice(List<MethodRow> rows, String verdict) {

    /** Compares the methods for a run. */
    public static MethodAdvice of(Inputs in) {
        List<MethodRow> rows = new ArrayList<>();
        RunFile.Method full = new RunFile.Method.Full();
        RunFile.Method.Lora lora =
                in.given().method() instanceof RunFile.Method.Lora own
                        ? new RunFile.Method.Lora(
                                own.spec(), own.from(), Optional.empty(), own.start())
                        : new RunFile.Method.Lora(
                                new LoraSpec(16, 32, 0, List.of(LoraSpec.ALL_LINEAR), false),
                                Optional.empty());
        rows.add(in.row("full", full, "nothing; the result is a whole new model"));
        rows.add(in.row("lora", lora, "little: published comparisons come close to full"));
        if (in.given().training().dtype() == DType.BF16) {
            rows.add(
                    in.row(
                            "qlora, 8 bit",
                            on(lora, new Quantization.Int8()),
                            "base rounded to 8 bits"));
            rows.add(
                    in.row(
                            "qlora, 4 bit",
                            on(lora, new Quantization.Nf4(true)),
                            "base rounded to 4 bits; merging moves the result a little"));
        }
        OptimizerRule rule = in.given().training().optimizer().rule();
        String verdict = verdict(rows);
        return new MethodAdvice(
                List.copyOf(rows),
                rule.trainsAdapters()
                        ? verdict
                        : verdict
                                + " Adapters are counted with adamw: optimizer %s does not train them."
                                        .formatted(rule.name()));
    }

    private static RunFile.Method on(RunFile.Method.Lora lora, Quantization base) {
        return new RunFile.Method.Lora(lora.spec(), lora.from(), Optional.of(base), lora.start());
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
                                    (double) full.peakBytes() / lora.peakBytes());
            return "Take lora: it fits one %s, and %s."
                    .formatted(lora.best().get().name(), against);
        }
        return rows.stream()
                .skip(2)
                .filter(r -> r.best().isPresent())
                .min(Comparator.comparingDouble(r -> r.dollars().orElse(Double.MAX_VALUE)))
                .map(r ->
                        "Take %s: lora fits no single card of the catalogue, and this fits one %s."
                                .formatted(r.name(), r.best().get().name()))
                .orElse(
                        "No method fits a single card of the catalogue: take a smaller model, or shorter micro-batches (training.micro_batch_tokens).");
    }

    /**
     * What the rows are computed from.
     *
     * @param given the run, counted
     */
    record Inputs(RunCount given, RunPlan.Knowledge known) {

        /** The run; for another method without the settings that are not for it, held at best. */
        private RunCount count(RunFile.Method m) {
            RunFile.TrainingSection training = given.training();
            return m.equals(given.method())
                    ? given
                    : new RunCount(
                            given.device(),
                            given.config(),
                            m,
                            training.with(training.optimizer().on(m))
                                    .with(RunFile.MemorySection.AUTO),
                            given.work());
        }

        private MethodRow row(String name, RunFile.Method m, String lost) {
            RunCount needs = count(m);
            long weights = needs.step(needs.search().first()).state().weights();
            TimePlan time = TimePlan.of(needs);
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
                                    given.training().dtype(),
                                    single)
                            .stream()
                            .filter(c -> c.out().isEmpty())
                            .findFirst();
            return new MethodRow(
                    name,
                    weights,
                    needs.peakBytes(needs.search().first()),
                    needs.peakBytes(needs.search().smallest()),
                    best.map(c -> c.holding().describe(given.config().layers())),
                    best.map(Choice::gpu),
                    best.map(c -> OptionalDouble.of(c.hours().middle()))
                            .orElse(OptionalDouble.empty()),
                    best.map(Choice::dollars).orElse(OptionalDouble.empty()),
                    lost);
        }
    }
}
