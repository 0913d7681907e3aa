package dev.hone.cli;

import dev.hone.plan.Choice;
import dev.hone.plan.MemoryPlan;
import dev.hone.plan.MethodRow;
import dev.hone.plan.Price;
import dev.hone.plan.Proposal;
import dev.hone.plan.RunPlan;
import dev.hone.plan.Sizes;
import dev.hone.plan.Stage;
import dev.hone.plan.TimePlan;
import dev.hone.plan.Workload;
import dev.hone.tensor.Device;
import dev.hone.train.Forecast;
import dev.hone.train.RunFile;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A plan for people, in 100 columns. */
final class PlanReport {
    private static final int FIRST = 10;
    private static final int FIRST_SEVERAL = 4;
    private static final int BAR = 40;
    private static final double GIB = 1L << 30;

    private final RunPlan plan;
    private final PrintWriter out;
    private final boolean all;
    private boolean minutes;

    PlanReport(RunPlan plan, PrintWriter out, boolean all) {
        this.plan = plan;
        this.out = out;
        this.all = all;
    }

    void print() {
        line("Whether to fine-tune at all: `hone advise` does that arithmetic.");
        data();
        model();
        stages();
        peak();
        if (plan.memory().device().kind() == Device.Kind.CUDA) {
            gpus();
            out();
            owning();
        }
        methods();
        proposals();
    }

    private void line(String format, Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
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
            work.report().get().lines().forEach(text -> wrapped("  ", text));
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
            line("  %s", basis);
        }
        line(
                "  %,d optimizer steps, %s tokens in all; micro-batches of %,d tokens are %.0f %% full",
                work.steps(),
                Units.count(work.tokens()),
                plan.training().microBatchTokens(),
                100 * work.packing());
    }

    private void model() {
        Forecast forecast = plan.memory().forecast();
        line("Model");
        line(
                "  %s: %s, %s parameters; %s trains %s (%.2f %%)",
                plan.model(),
                plan.config().family(),
                Units.count(forecast.parameters()),
                method(),
                Units.count(forecast.trainableParameters()),
                100.0 * forecast.trainableParameters() / forecast.parameters());
    }

    private String method() {
        return plan.method() instanceof RunFile.Method.Lora lora
                ? (lora.quantization().isPresent() ? "qlora" : "lora")
                        + " of rank "
                        + lora.spec().rank()
                : "full";
    }

    private void stages() {
        boolean cuda = plan.memory().device().kind() == Device.Kind.CUDA;
        line("Stages%16s  %-12s  %-12s  %-12s", "", cuda ? "GPU" : "tensors", "host", "disk");
        for (Stage stage : plan.memory().stages()) {
            line(
                    "  %-20s  %-12s  %-12s  %-12s",
                    stage.name(),
                    Units.bytes(stage.deviceBytes()),
                    Units.bytes(stage.hostBytes()),
                    stage.diskBytes() == 0 ? "-" : Units.bytes(stage.diskBytes()));
        }
    }

    private void peak() {
        MemoryPlan memory = plan.memory();
        Forecast.Parts parts = memory.forecast().parts();
        line("Peak, in the step: %s", Units.bytes(memory.peakBytes()));
        part("weights", parts.weights());
        part("adapter", parts.adapter());
        part("gradients", parts.gradients());
        part("optimizer", parts.optimizer());
        part("kept activations", parts.kept());
        part("workspace", parts.workspace());
        part("allocator", memory.allocatorBytes());
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

    private void gpus() {
        List<Choice> good = plan.choices().stream().filter(c -> c.out().isEmpty()).toList();
        List<Choice> one = good.stream().filter(c -> c.count() == 1).toList();
        List<Choice> several = good.stream().filter(c -> c.count() > 1).toList();
        if (good.isEmpty()) {
            line("GPUs: none of the catalogue will do");
            return;
        }
        minutes = good.stream().allMatch(c -> c.hours().middle() < 0.5);
        line(
                "%-24s %13s %16s %7s %s",
                "GPUs that will do",
                "GiB of usable",
                minutes ? "min (from-to)" : "hours (from-to)",
                "dollars",
                "rented from, $/h, as of");
        table(one, all ? one.size() : FIRST);
        plan.recommended().ifPresent(this::recommend);
        if (!several.isEmpty()) {
            line("Several cards in one machine, a forecast*");
            table(several, all ? several.size() : FIRST_SEVERAL);
            wrapped(
                    "  ",
                    "* The engine trains on one card so far. Each would hold the whole model and take its share of a step; gradients are summed once a step at 70 % of the link's rate, with nothing else going on. The percentage is what is left of so many times one card.");
        }
        if (good.stream().flatMap(c -> c.price().stream()).anyMatch(PlanReport::isOld)) {
            wrapped(
                    "  ",
                    "Prices are of the day shown and move within weeks: `hone gpus --refresh runpod`, then --prices FILE.");
        }
    }

    private void table(List<Choice> choices, int most) {
        for (int i = 0; i < Math.min(most, choices.size()); i++) {
            choice(i + 1, choices.get(i));
        }
        if (most < choices.size()) {
            line("     and %d more: --all", choices.size() - most);
        }
    }

    private void recommend(Choice c) {
        TimePlan.Hours h = c.hours();
        String money =
                c.dollars().isPresent()
                        ? String.format(
                                Locale.ROOT,
                                " and $%.2f, at most $%.2f",
                                c.dollars().getAsDouble(),
                                c.dollarsAtMost().orElseThrow())
                        : "";
        wrapped(
                "  ",
                "Take one %s: about %s%s. Starting the machine and fetching %s of weights come on top."
                        .formatted(
                                c.gpu().name(),
                                Units.duration(h.middle() * 3600),
                                money,
                                Units.bytes(Sizes.bf16Bytes(plan.config().parameters()))));
        if (!h.calibration().measured()) {
            wrapped(
                    "  ",
                    "Hone was not measured on this card yet, so the interval is wide; `hone bench --calibrate` there narrows it.");
        }
    }

    private static boolean isOld(Price price) {
        return price.asOf().isBefore(LocalDate.now(ZoneId.systemDefault()).minusDays(30));
    }

    private void choice(int rank, Choice c) {
        TimePlan.Hours h = c.hours();
        String cards =
                c.count() == 1 ? "" : " x%d %.0f %%".formatted(c.count(), 100 * c.efficiency());
        line(
                " %2d %-20s %13s %16s %7s %s",
                rank,
                c.gpu().name() + cards,
                "%.1f of %.1f".formatted(c.peakBytes() / GIB, c.gpu().usable().value()),
                "%s (%s-%s)".formatted(time(h.middle()), time(h.low()), time(h.high())),
                c.dollars().isPresent() ? dollars(c.dollars().getAsDouble()) : "-",
                c.price().map(PlanReport::price).orElse("no price known"));
    }

    private static String price(Price p) {
        return "%s %s %.2f %s"
                .formatted(p.provider(), p.kind(), p.dollarsPerHour(), p.asOf().toString());
    }

    private String time(double hours) {
        double value = minutes ? 60 * hours : hours;
        return String.format(
                Locale.ROOT, value < 1 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }

    private static String dollars(double dollars) {
        return dollars < 0.01 ? "<0.01" : String.format(Locale.ROOT, "%.2f", dollars);
    }

    private static String hours(double hours) {
        return String.format(Locale.ROOT, hours < 10 ? "%.2f" : "%.0f", hours);
    }

    /** Why the others will not do: single cards only, alike reasons together. */
    private void out() {
        Map<String, List<Choice>> reasons =
                plan.choices().stream()
                        .filter(c -> c.out().isPresent() && c.count() == 1)
                        .collect(
                                Collectors.groupingBy(
                                        c -> kind(c.out().orElseThrow()),
                                        TreeMap::new,
                                        Collectors.toList()));
        if (reasons.isEmpty()) {
            return;
        }
        line("GPUs that will not");
        reasons.forEach((reason, choices) ->
                wrapped(
                        "  ",
                        reason
                                + ": "
                                + choices.stream()
                                        .map(c -> named(c, reason))
                                        .collect(Collectors.joining(", "))));
    }

    /** A reason without what differs from card to card. */
    private static String kind(String reason) {
        return reason.replaceFirst("^too small by .*", "too small, by")
                .replaceFirst("^costs \\$[\\d.]+, (over the budget)", "$1, at")
                .replaceFirst("^takes [\\d.]+ h, (past the deadline)", "$1, with");
    }

    private static String named(Choice c, String kind) {
        String detail =
                switch (kind) {
                    case "too small, by" -> "%.1f GiB".formatted(-c.freeBytes() / GIB);
                    case "over the budget, at" -> "$%.2f".formatted(c.dollars().orElseThrow());
                    case "past the deadline, with" -> "%.1f h".formatted(c.hours().middle());
                    default -> "";
                };
        return detail.isEmpty() ? c.gpu().name() : c.gpu().name() + " " + detail;
    }

    private void owning() {
        String owned =
                plan.choices().stream()
                        .filter(c -> c.count() == 1 && c.out().isEmpty())
                        .filter(c -> c.owningHours().isPresent())
                        .map(c ->
                                "%s after %,.0f h"
                                        .formatted(c.gpu().name(), c.owningHours().getAsDouble()))
                        .collect(Collectors.joining(", "));
        if (!owned.isEmpty()) {
            wrapped(
                    "  ",
                    "Owning, at the price at launch and your electricity, costs less than renting: "
                            + owned
                            + " of training.");
        }
    }

    private void methods() {
        line("Methods");
        line(
                "  %-13s %10s %10s  %-17s %6s %7s  %s",
                "", "weights", "peak", "cheapest card", "hours", "dollars", "what is lost");
        for (MethodRow row : plan.methods().rows()) {
            line(
                    "  %-13s %10s %10s  %-17s %6s %7s  %s",
                    row.name() + (row.counted() ? "" : "+"),
                    Units.bytes(row.weightBytes()),
                    Units.bytes(row.peakBytes()),
                    row.best().map(g -> g.name()).orElse("none"),
                    row.hours().isPresent() ? hours(row.hours().getAsDouble()) : "-",
                    row.dollars().isPresent() ? dollars(row.dollars().getAsDouble()) : "-",
                    row.lost().replaceFirst("[;:].*", ""));
        }
        if (plan.methods().rows().stream().anyMatch(r -> !r.counted())) {
            line("  + by formula: the engine does not run it yet");
        }
        wrapped("  ", plan.methods().verdict());
    }

    private void proposals() {
        line("Settings");
        for (Proposal p : plan.proposals()) {
            wrapped(
                    "  ",
                    p.changes()
                            ? "%s: %s, rather than %s: %s."
                                    .formatted(p.key(), p.proposed(), p.now(), p.reason())
                            : "%s: %s is right: %s.".formatted(p.key(), p.now(), p.reason()));
        }
    }

    private void wrapped(String indent, String text) {
        Wrapping.print(out, indent, text);
    }
}
