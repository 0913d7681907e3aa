package dev.hone.cli;

import dev.hone.plan.ProbedTime;
import dev.hone.train.ProbeCount;
import dev.hone.train.Rehearsal;
import dev.hone.train.TrainingRun;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The heaviest micro-batch and the largest batch of held-back rows, run before the first step, so
 * that trouble shows in the first seconds; then typical micro-batches, for the time. Nothing of the
 * run changes by it.
 *
 * @param plan the run's, knowing its speed better
 * @param passes seconds of typical micro-batches, in order
 * @param time what they tell
 */
record Probe(
        ProbeCount count,
        Rehearsal heaviest,
        Optional<Rehearsal> evaluation,
        List<Double> passes,
        ProbedTime time,
        Plan plan) {
    /** Most of a run's time that its probe may take. */
    private static final double MOST = 0.03;

    private static final int LEAST_PASSES = 2;
    private static final int MOST_PASSES = 8;

    /** What the probe should take: two passes of a typical micro-batch besides. */
    static double expectedSeconds(ProbeCount count, Plan plan) {
        double pass = plan.rates().seconds(count.typicalPass().work());
        double tokens = count.typical().tokens();
        double heaviest = pass * count.heaviest().tokens() / tokens;
        double evaluation = count.evaluationPeakBytes() > 0 ? heaviest / 2 : 0;
        return plan.calibration().factor() * (heaviest + evaluation + 2 * pass);
    }

    /** Whether a run is so short that a probe costs more than it tells. */
    static boolean isTooDear(ProbeCount count, Plan plan) {
        return expectedSeconds(count, plan) > MOST * plan.seconds();
    }

    static Probe of(TrainingRun training, ProbeCount count, Plan plan) {
        Rehearsal heaviest = training.rehearse(count.heaviest());
        Optional<Rehearsal> evaluation = training.rehearseEvaluation();
        double roofline = plan.rates().seconds(count.typicalPass().work());
        double budget = MOST * plan.seconds();
        List<Double> seconds = new ArrayList<>();
        List<Double> factors = new ArrayList<>();
        double spent = heaviest.seconds();
        while (seconds.size() < LEAST_PASSES
                || (seconds.size() < MOST_PASSES
                        && spent < budget
                        && !ProbedTime.settled(factors, spent))) {
            double pass = training.rehearse(count.typical()).seconds();
            seconds.add(pass);
            factors.add(pass / roofline);
            spent += pass;
        }
        ProbedTime time = ProbedTime.of(plan.calibration(), factors, spent);
        return new Probe(
                count,
                heaviest,
                evaluation,
                List.copyOf(seconds),
                time,
                plan.with(time.calibration()));
    }

    void print(PrintWriter out) {
        out.printf(
                "  memory   %s in the heaviest micro-batch, of %,d tokens: %s%n",
                Units.bytes(heaviest.peakLiveBytes()),
                count.heaviest().tokens(),
                against(heaviest.peakLiveBytes(), count.heaviestPeakBytes()));
        evaluation.ifPresent(e ->
                out.printf(
                        "           %s in the largest batch of held-back rows: %s%n",
                        Units.bytes(e.peakLiveBytes()),
                        against(e.peakLiveBytes(), count.evaluationPeakBytes())));
        String passed =
                "%d passes of %,d tokens, the last in %s"
                        .formatted(
                                passes.size(),
                                count.typical().tokens(),
                                Units.shortDuration(passes.getLast()));
        if (time.settled()) {
            out.printf("  time     about %s, by %s%n", plan.time(), passed);
        } else {
            out.printf("  time     %s, still warming up; about %s%n", passed, plan.time());
        }
        if (time.surprising()) {
            out.println(
                    "           that is far from what was expected: is something else running here?");
        }
        plan.printCost(out);
    }

    private static String against(long measured, long planned) {
        return measured == planned
                ? "as planned"
                : "planned were %s, %,d bytes %s"
                        .formatted(
                                Units.bytes(planned),
                                Math.abs(measured - planned),
                                measured > planned ? "fewer" : "more");
    }

    /** Its keys of {@code plan.json}. */
    void put(ObjectNode json) {
        json.put("tokens", count.heaviest().tokens());
        json.put("planned_peak_live_bytes", count.heaviestPeakBytes());
        json.put("peak_live_bytes", heaviest.peakLiveBytes());
        evaluation.ifPresent(e -> {
            json.put("planned_evaluation_peak_live_bytes", count.evaluationPeakBytes());
            json.put("evaluation_peak_live_bytes", e.peakLiveBytes());
        });
        json.put("pass_tokens", count.typical().tokens());
        ArrayNode seconds = json.putArray("pass_seconds");
        passes.forEach(seconds::add);
        json.put("settled", time.settled());
        plan.putTime(json);
    }
}
