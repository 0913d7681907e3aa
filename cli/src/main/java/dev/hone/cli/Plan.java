package dev.hone.cli;

import dev.hone.data.OptimizerStep;
import dev.hone.model.Holding;
import dev.hone.model.KeepPolicy;
import dev.hone.model.ModelConfig;
import dev.hone.plan.Calibration;
import dev.hone.plan.Rates;
import dev.hone.plan.TimePlan;
import dev.hone.plan.Workload;
import dev.hone.tensor.Device;
import dev.hone.train.Forecast;
import dev.hone.train.OptimizerSection;
import dev.hone.train.PreparedData;
import dev.hone.train.RunFile;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run needs, before it starts: its largest step run on paper, and its time from what this
 * machine does a second.
 *
 * @param keeps how the model is held, for people
 * @param recomputes whether layers compute again what they do not keep
 * @param roofline seconds of all steps at best
 * @param calibration how much longer they take
 * @param price what an hour costs, when it is known
 */
record Plan(
        Forecast forecast,
        OptimizerSection optimizer,
        String keeps,
        boolean recomputes,
        Workload work,
        double roofline,
        Rates rates,
        Calibration calibration,
        Optional<HourPrice> price) {

    /**
     * @param heaviest steps of which one needs most memory
     */
    static Plan of(
            RunFile run,
            ModelConfig config,
            PreparedData data,
            List<OptimizerStep> heaviest,
            Device device,
            Rates rates,
            Calibration calibration,
            Optional<HourPrice> price) {
        Workload work = Workload.of(data, run.training());
        Holding holding = run.training().memory().holding();
        return new Plan(
                Forecast.largest(device, config, run.method(), run.training(), heaviest),
                run.training().optimizer(),
                holding.describe(config.layers()),
                !holding.keep().equals(KeepPolicy.EVERYTHING),
                work,
                TimePlan.of(device, config, run.method(), run.training(), work)
                        .trainingSeconds(rates),
                rates,
                calibration,
                price);
    }

    /** The same, knowing more of its speed. */
    Plan with(Calibration better) {
        return new Plan(
                forecast, optimizer, keeps, recomputes, work, roofline, rates, better, price);
    }

    double seconds() {
        return roofline * calibration.factor();
    }

    double secondsLow() {
        return roofline * calibration.low();
    }

    double secondsHigh() {
        return roofline * calibration.high();
    }

    /** {@code 31 s (19 s to 54 s)}. */
    String time() {
        return "%s (%s to %s)"
                .formatted(
                        Units.duration(seconds()),
                        Units.duration(secondsLow()),
                        Units.duration(secondsHigh()));
    }

    void print(PrintWriter out) {
        out.printf(
                "  trains   %s of %s parameters%n",
                Units.count(forecast.trainableParameters()), Units.count(forecast.parameters()));
        out.printf(
                "  memory   %s at the peak: %s weights and gradients, %s optimizer, %s activations of a step%n",
                Units.bytes(forecast.peakBytes()),
                Units.bytes(forecast.weightBytes()),
                Units.bytes(forecast.stateBytes() - forecast.weightBytes()),
                Units.bytes(forecast.peakBytes() - forecast.stateBytes()));
        optimizer.described().ifPresent(text -> out.printf("  updates  %s%n", text));
        if (!keeps.equals("everything")) {
            out.printf(
                    "  keeps    %s%s%n",
                    keeps, recomputes ? "; what is not kept is computed again" : "");
        }
        out.printf(
                "  time     about %s for %,d steps of up to %,d tokens, %s tokens in all%n",
                time(), work.steps(), forecast.stepTokens(), Units.count(work.tokens()));
        printCost(out);
        out.printf("           %s%n", restsOn());
    }

    /** The dollars of the run, when there is a price. */
    void printCost(PrintWriter out) {
        price.ifPresent(p ->
                out.printf(
                        "  cost     %s, %s%n",
                        p.text(seconds(), secondsLow(), secondsHigh()), p.basis()));
    }

    private String restsOn() {
        return switch (calibration.runs()) {
            case 0 -> "the interval is wide: no run was measured on this device yet";
            case 1 -> "by one measurement on this device, of " + calibration.asOf();
            default ->
                    "by %d measurements on this device, the last of %s"
                            .formatted(calibration.runs(), calibration.asOf());
        };
    }

    /** Its keys of {@code plan.json}. */
    void put(ObjectNode json) {
        json.put("parameters", forecast.parameters());
        json.put("trainable_parameters", forecast.trainableParameters());
        json.put("optimizer", optimizer.rule().name());
        json.put("peak_live_bytes", forecast.peakBytes());
        json.put("keeps", keeps);
        json.put("weight_bytes", forecast.weightBytes());
        json.put("optimizer_bytes", forecast.stateBytes() - forecast.weightBytes());
        json.put("step_flops", forecast.flops());
        json.put("step_bytes_moved", forecast.bytesMoved());
        json.put("step_tokens", forecast.stepTokens());
        json.put("steps", work.steps());
        json.put("tokens", work.tokens());
        putTime(json);
        price.ifPresent(p -> {
            json.put("dollars_per_hour", p.dollars());
            json.put("price_of", p.of());
        });
        json.put("roofline_seconds", roofline);
        json.put("calibration_factor", calibration.factor());
        json.put("calibration_runs", calibration.runs());
    }

    /** Seconds and dollars. */
    void putTime(ObjectNode json) {
        json.put("seconds", seconds());
        json.put("seconds_low", secondsLow());
        json.put("seconds_high", secondsHigh());
        price.ifPresent(p -> json.put("dollars", p.dollars() * seconds() / 3600));
    }
}
