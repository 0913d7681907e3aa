package dev.hone.cli;

import dev.hone.plan.Calibration;
import dev.hone.train.MetricsFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run took, by its metrics.
 *
 * @param steadySteps of those done by this process, without the first ones, which warm up
 */
record Measured(
        long steps,
        long tokens,
        double seconds,
        long peakLiveBytes,
        long steadySteps,
        long steadyTokens,
        double steadySeconds) {
    /** Steps in which compilers and caches warm up. */
    private static final int WARM_UP = 10;

    /** Fewest steps behind the warm-up that say anything of the next run. */
    private static final int LEAST_STEPS = 50;

    /**
     * @param before steps that were done before this process began
     */
    static Measured of(Path metrics, long before) throws IOException {
        List<JsonNode> lines = MetricsFile.read(metrics);
        long tokens = 0;
        double seconds = 0;
        long peak = 0;
        long steadySteps = 0;
        long steadyTokens = 0;
        double steadySeconds = 0;
        for (JsonNode line : lines) {
            long stepTokens = line.get("tokens").asLong();
            double stepSeconds = stepTokens / line.get("tokens_per_second").asDouble();
            tokens += stepTokens;
            seconds += stepSeconds;
            peak = Math.max(peak, line.get("peak_live_bytes").asLong());
            if (line.get("step").asLong() > before + WARM_UP) {
                steadySteps++;
                steadyTokens += stepTokens;
                steadySeconds += stepSeconds;
            }
        }
        return new Measured(
                lines.size(), tokens, seconds, peak, steadySteps, steadyTokens, steadySeconds);
    }

    /** Whether it is long enough to say anything of the next run. */
    boolean teaches() {
        return steadySteps >= LEAST_STEPS;
    }

    /** This run as a measurement of its device. */
    Calibration calibration(Plan plan, String device, String dtype, LocalDate day) {
        double roofline = plan.roofline() * steadyTokens / plan.work().tokens();
        return Calibration.measured(
                device,
                dtype,
                steadySeconds,
                roofline,
                day,
                "a run of %,d steps, %s tokens".formatted(steadySteps, Units.count(steadyTokens)));
    }

    /** Beside what was planned, before and, where there was one, behind the probe. */
    void print(PrintWriter out, Plan plan, Optional<Plan> probed) {
        out.println("Plan against run");
        out.printf(
                "  memory   %s planned, %s measured (%s)%n",
                Units.bytes(plan.forecast().peakBytes()),
                Units.bytes(peakLiveBytes),
                difference(peakLiveBytes, plan.forecast().peakBytes()));
        out.printf(
                "  time     %s planned%s, %s measured (%s)%n",
                plan.time(),
                probed.map(p -> ", %s after the probe".formatted(p.time())).orElse(""),
                Units.duration(seconds),
                difference(seconds, probed.orElse(plan).seconds()));
        plan.price()
                .ifPresent(p ->
                        out.printf(
                                "  cost     %s planned%s, %s measured, %s%n",
                                p.text(plan.seconds()),
                                probed.map(q ->
                                                ", %s after the probe"
                                                        .formatted(p.text(q.seconds())))
                                        .orElse(""),
                                p.text(seconds),
                                p.basis()));
    }

    private static String difference(double measured, double planned) {
        double percent = 100 * (measured / planned - 1);
        return Math.abs(percent) < 0.05
                ? "as planned"
                : String.format(Locale.ROOT, "%+.1f %%", percent);
    }

    /** Its keys of {@code plan.json}. */
    void put(ObjectNode json, Plan plan) {
        json.put("steps", steps);
        json.put("tokens", tokens);
        json.put("peak_live_bytes", peakLiveBytes);
        json.put("seconds", seconds);
        plan.price().ifPresent(p -> json.put("dollars", p.dollars() * seconds / 3600));
    }
}
