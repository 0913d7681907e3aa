package dev.hone.cli;

import dev.hone.plan.Calibration;
import dev.hone.plan.Choice;
import dev.hone.plan.Price;
import dev.hone.plan.RunPlan;
import dev.hone.plan.Sizes;
import dev.hone.plan.TimePlan;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The part of a plan that is about cards, in 80 columns: two lines a card. */
final class PlanGpus {
    private static final int FIRST = 8;
    private static final int FIRST_SEVERAL = 4;
    private static final double GIB = 1L << 30;

    private final RunPlan plan;
    private final PrintWriter out;
    private final boolean all;
    private final List<Choice> good;
    private final boolean minutes;

    PlanGpus(RunPlan plan, PrintWriter out, boolean all) {
        this.plan = plan;
        this.out = out;
        this.all = all;
        this.good = plan.choices().stream().filter(c -> c.out().isEmpty()).toList();
        this.minutes = good.stream().allMatch(c -> c.hours().middle() < 0.5);
    }

    private void line(String format, Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
    }

    private void wrapped(String text) {
        Wrapping.print(out, "  ", text);
    }

    void print() {
        if (good.isEmpty()) {
            line("GPUs: none of the catalogue will do");
        } else {
            table();
        }
        out();
        owning();
    }

    private void table() {
        line(
                "%-26s %16s %22s %9s",
                "GPUs that will do",
                "GiB of usable",
                minutes ? "minutes (from-to)" : "hours (from-to)",
                "dollars");
        List<Choice> one = good.stream().filter(c -> c.count() == 1).toList();
        List<Choice> several = good.stream().filter(c -> c.count() > 1).toList();
        rows(one, all ? one.size() : FIRST);
        plan.recommended().ifPresent(this::recommend);
        if (!several.isEmpty()) {
            line("Several cards in one machine, a forecast*");
            rows(several, all ? several.size() : FIRST_SEVERAL);
            wrapped(
                    "* The engine trains on one card so far. Each would hold the whole model and take its share of a step; gradients are summed once a step at 70 % of the link's rate, with nothing else going on. Efficiency is what is left of so many times one card.");
        }
        if (good.stream().flatMap(c -> c.price().stream()).anyMatch(PlanGpus::isOld)) {
            wrapped(
                    "Prices are of the day shown and move within weeks: `hone gpus --refresh runpod`, then --prices FILE.");
        }
    }

    private void rows(List<Choice> choices, int most) {
        for (int i = 0; i < Math.min(most, choices.size()); i++) {
            row(i + 1, choices.get(i));
        }
        if (most < choices.size()) {
            line("     and %d more: --all", choices.size() - most);
        }
    }

    private void row(int rank, Choice c) {
        TimePlan.Hours h = c.hours();
        line(
                " %2d %-22s %16s %22s %9s",
                rank,
                c.gpu().name() + (c.count() == 1 ? "" : " x" + c.count()),
                "%.1f of %.1f".formatted(c.peakBytes() / GIB, c.gpu().usable().value()),
                "%s (%s-%s)".formatted(time(h.middle()), time(h.low()), time(h.high())),
                c.dollars().isPresent() ? dollars(c.dollars().getAsDouble()) : "-");
        String price = c.price().map(PlanGpus::price).orElse("no price known");
        String cards =
                c.count() == 1
                        ? price
                        : "%s; %.0f %% efficient".formatted(price, 100 * c.efficiency());
        String keeps = c.holding().describe(plan.config().layers());
        if (keeps.equals("everything")) {
            line("      %s; keeps everything", cards);
        } else {
            line("      %s", cards);
            Wrapping.print(out, "      ", "keeps " + keeps);
        }
    }

    private static String price(Price p) {
        return String.format(
                Locale.ROOT,
                "%s %s $%.2f/h, %s",
                p.provider(),
                p.kind(),
                p.dollarsPerHour(),
                p.asOf());
    }

    private void recommend(Choice c) {
        TimePlan.Hours h = c.hours();
        String money =
                c.dollars().isPresent()
                        ? money(c.dollars().getAsDouble(), c.dollarsAtMost().orElseThrow())
                        : "";
        wrapped(
                "Take one %s: about %s%s. Starting the machine and fetching %s of weights come on top."
                        .formatted(
                                c.gpu().name(),
                                Units.duration(h.middle() * 3600),
                                money,
                                Units.bytes(Sizes.bf16Bytes(plan.config().parameters()))));
        wrapped(restsOn(h.calibration()));
        wrapped("The card's driver must be of branch 580 or later.");
    }

    private static String restsOn(Calibration c) {
        return switch (c.runs()) {
            case 0 ->
                    "Hone was not measured on this card yet, so the interval is wide; a run there, or `hone bench --calibrate`, narrows it.";
            case 1 ->
                    "The hours rest on one measurement of this card, of %s: %s."
                            .formatted(c.asOf(), c.basis());
            default ->
                    "The hours rest on %d measurements of this card, the last of %s: %s."
                            .formatted(c.runs(), c.asOf(), c.basis());
        };
    }

    private static boolean isOld(Price price) {
        return price.asOf().isBefore(LocalDate.now(ZoneId.systemDefault()).minusDays(30));
    }

    private String time(double hours) {
        double value = minutes ? 60 * hours : hours;
        return String.format(
                Locale.ROOT, value < 1 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }

    private static String money(double dollars, double most) {
        return most < 0.01
                ? " and " + money(most)
                : " and %s, at most %s".formatted(money(dollars), money(most));
    }

    /** In a sentence. */
    static String money(double dollars) {
        return dollars < 0.01 ? "less than $0.01" : String.format(Locale.ROOT, "$%.2f", dollars);
    }

    static String dollars(double dollars) {
        return dollars < 0.01 ? "<0.01" : String.format(Locale.ROOT, "%.2f", dollars);
    }

    static String hours(double hours) {
        return String.format(Locale.ROOT, hours < 10 ? "%.2f" : "%,.0f", hours);
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
                        reason
                                + ": "
                                + choices.stream()
                                        .map(c -> named(c, reason))
                                        .collect(Collectors.joining(", "))));
    }

    /** A reason without what differs from card to card. */
    private static String kind(String reason) {
        return reason.replaceFirst("^too small by \\S+ GiB", "too small")
                .replaceFirst("^costs \\$[\\d.]+, (over the budget)", "$1, at")
                .replaceFirst("^takes [\\d.]+ h, (past the deadline)", "$1, with");
    }

    private static String named(Choice c, String kind) {
        String detail =
                kind.startsWith("too small")
                        ? "by %.1f GiB".formatted(-c.freeBytes() / GIB)
                        : switch (kind) {
                            case "over the budget, at" ->
                                    "$%.2f".formatted(c.dollars().orElseThrow());
                            case "past the deadline, with" ->
                                    "%.1f h".formatted(c.hours().middle());
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
                    "Owning, at the price at launch and your electricity, costs less than renting: "
                            + owned
                            + " of training.");
        }
    }
}
