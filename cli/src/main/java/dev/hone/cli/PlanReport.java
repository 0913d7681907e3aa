package dev.hone.cli;

import dev.hone.plan.Advice;
import dev.hone.plan.MemoryPlan;
import dev.hone.plan.MethodRow;
import dev.hone.plan.Proposal;
import dev.hone.plan.RunPlan;
import dev.hone.plan.Stage;
import dev.hone.plan.Workload;
import dev.hone.tensor.Device;
import dev.hone.train.Forecast;
import dev.hone.train.RunFile;
import java.io.PrintWriter;
import java.util.IntSummaryStatistics;
import java.util.Locale;

/** A plan for people, in 80 columns. */
final class PlanReport {
    private static final int BAR = 40;
    private static final int STAGE_BAR = 24;

    private final RunPlan plan;
    private final PrintWriter out;
    private final boolean all;

    PlanReport(RunPlan plan, PrintWriter out, boolean all) {
        this.plan = plan;
        this.out = out;
        this.all = all;
    }

    private boolean onCard() {
        return plan.memory().device().kind() == Device.Kind.CUDA;
    }

    void print() {
        advice();
        data();
        model();
        stages();
        peak();
        if (onCard()) {
            new PlanGpus(plan, out, all).print();
        } else {
            line("Time");
            wrapped(
                    "A plan loads no native library, so it does not know what this processor does a second; `hone train` measures that in its first second and says how long the run takes.");
        }
        methods();
        proposals();
    }

    private void line(String format, Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
    }

    private void wrapped(String text) {
        Wrapping.print(out, "  ", text);
    }

    private void advice() {
        Advice.Question question = plan.question();
        Advice advice = Advice.of(question);
        line("Whether to fine-tune at all");
        wrapped(
                String.format(
                        Locale.ROOT,
                        "For how a model answers: training for %s %s at %,.0f calls a month, each sparing %,d tokens of instructions. For what it knows: retrieve it instead.",
                        PlanGpus.money(question.trainingDollars()),
                        advice.breakEvenCalls().isPresent()
                                ? String.format(
                                        Locale.ROOT,
                                        "and examples for $%.0f pay after %,.0f calls, %.1f months",
                                        question.dataDollars(),
                                        advice.breakEvenCalls().getAsDouble(),
                                        advice.breakEvenCalls().getAsDouble()
                                                / question.callsPerMonth())
                                : "never pays",
                        question.callsPerMonth(),
                        question.instructionTokens()));
        wrapped("These are assumptions: `hone advise` asks for yours and shows the sum.");
    }

    private void data() {
        Workload work = plan.work();
        line("Data");
        String basis =
                switch (work.basis()) {
                    case TOKENISED -> "";
                    case CHARACTERS ->
                            "tokens are estimated at 4 characters each: the model folder has no tokenizer";
                    case ASSUMED -> "assumed: no file was given";
                };
        if (work.report().isPresent()) {
            work.report().get().lines().forEach(this::wrapped);
        } else {
            line(
                    "  %,d rows to train on, %s tokens an epoch, %s of them trained",
                    work.rows(),
                    Units.count(work.epochTokens()),
                    Units.count(work.supervisedTokens()));
            line(
                    "  lengths %,d to %,d: median %,d, 90%% up to %,d, 99%% up to %,d",
                    work.lengths()[0],
                    work.lengths()[work.lengths().length - 1],
                    work.percentile(50),
                    work.percentile(90),
                    work.percentile(99));
        }
        if (!basis.isEmpty()) {
            wrapped(basis);
        }
        wrapped(
                String.format(
                        Locale.ROOT,
                        "%,d optimizer steps, %s tokens in all; micro-batches of %,d tokens are %.0f %% full",
                        work.steps(),
                        Units.count(work.tokens()),
                        plan.training().microBatchTokens(),
                        100 * work.packing()));
    }

    private void model() {
        Forecast forecast = plan.memory().forecast();
        line("Model");
        wrapped(
                String.format(
                        Locale.ROOT,
                        "%s: %s, %s parameters; %s trains %s (%.2f %%)",
                        plan.model(),
                        plan.config().family(),
                        Units.count(forecast.parameters()),
                        method(),
                        Units.count(forecast.trainableParameters()),
                        100.0 * forecast.trainableParameters() / forecast.parameters()));
        plan.training().optimizer().described().ifPresent(text -> wrapped("updated " + text));
    }

    private String method() {
        if (!(plan.method() instanceof RunFile.Method.Lora lora)) {
            return "full";
        }
        IntSummaryStatistics ranks =
                lora.spec().modules(plan.config()).stream()
                        .mapToInt(module -> lora.spec().size(module.path()).rank())
                        .summaryStatistics();
        return "%s%s of rank %s"
                .formatted(
                        lora.quantization().map(base -> "qlora in " + base.type()).orElse("lora"),
                        lora.spec().dora() ? " with DoRA" : "",
                        ranks.getMin() == ranks.getMax()
                                ? ranks.getMin()
                                : ranks.getMin() + " to " + ranks.getMax());
    }

    private void stages() {
        line("Stages%11s %10s  %9s  %9s", "", onCard() ? "GPU" : "tensors", "host", "disk");
        long most =
                plan.memory().stages().stream().mapToLong(Stage::deviceBytes).max().orElseThrow();
        for (Stage stage : plan.memory().stages()) {
            int filled = (int) Math.round((double) STAGE_BAR * stage.deviceBytes() / most);
            line(
                    "  %-15s %10s  %9s  %9s  %s",
                    (stage.name() + " " + stage.format()).strip() + (stage.counted() ? "" : "+"),
                    size(stage.deviceBytes()),
                    size(stage.hostBytes()),
                    size(stage.diskBytes()),
                    "#".repeat(filled) + ".".repeat(STAGE_BAR - filled));
        }
        wrapped(
                "host and disk by what is copied and written; + by formula, since Hone does not do it yet: merging a tensor at a time in bf16, GGUF by the bytes of its blocks");
    }

    private static String size(long bytes) {
        return bytes == 0 ? "-" : Units.bytes(bytes);
    }

    private void peak() {
        MemoryPlan memory = plan.memory();
        Forecast.Parts parts = memory.forecast().parts();
        line(
                "Peak, in the step%s: %s",
                plan.recommended()
                        .filter(_ -> onCard())
                        .map(c -> ", on one " + c.gpu().name())
                        .orElse(""),
                Units.bytes(memory.peakBytes()));
        wrapped("layers keep " + memory.holding().describe(plan.config().layers()));
        part("weights", parts.weights());
        part("adapter", parts.adapter());
        part("gradients", parts.gradients());
        part("optimizer", parts.optimizer());
        part("kept activations", parts.kept());
        part("workspace", parts.workspace());
        part(
                memory.allocatorReplayed() ? "allocator" : "allocator, about",
                memory.allocatorBytes());
        part("CUDA context", memory.contextBytes());
    }

    private void part(String name, long bytes) {
        if (bytes == 0) {
            return;
        }
        int filled = (int) Math.round((double) BAR * bytes / plan.memory().peakBytes());
        line(
                "  %-18s %10s  %s%s",
                name, Units.bytes(bytes), "#".repeat(filled), ".".repeat(BAR - filled));
    }

    private void methods() {
        line("Methods");
        line(
                "  %-13s %9s %9s %9s  %-17s %5s %7s",
                "", "weights", "peak", "least", "cheapest card", "hours", "dollars");
        for (MethodRow row : plan.methods().rows()) {
            line(
                    "  %-13s %9s %9s %9s  %-17s %5s %7s",
                    row.name(),
                    Units.bytes(row.weightBytes()),
                    Units.bytes(row.peakBytes()),
                    Units.bytes(row.leastPeakBytes()),
                    row.best().map(g -> g.name()).orElse("none"),
                    row.hours().isPresent() ? PlanGpus.hours(row.hours().getAsDouble()) : "-",
                    row.dollars().isPresent()
                            ? PlanGpus.dollars(row.dollars().getAsDouble())
                            : "-");
        }
        for (MethodRow row : plan.methods().rows()) {
            wrapped(
                    "%s: what is lost is %s%s"
                            .formatted(
                                    row.name(),
                                    row.lost(),
                                    row.keeps()
                                            .filter(k -> !k.equals("everything"))
                                            .map(k -> "; on that card layers keep %s".formatted(k))
                                            .orElse("")));
        }
        wrapped(
                "least: the same with every layer's input, and weights that do not train, in host memory");
        wrapped(plan.methods().verdict());
    }

    private void proposals() {
        line("Settings");
        for (Proposal p : plan.proposals()) {
            wrapped(
                    p.changes()
                            ? "%s: %s, rather than %s: %s."
                                    .formatted(p.key(), p.proposed(), p.now(), p.reason())
                            : "%s: %s is right: %s.".formatted(p.key(), p.now(), p.reason()));
        }
    }
}
