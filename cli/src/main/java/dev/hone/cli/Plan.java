package dev.hone.cli;

import dev.hone.data.OptimizerStep;
import dev.hone.model.ModelConfig;
import dev.hone.plan.Calibration;
import dev.hone.plan.Rates;
import dev.hone.tensor.Device;
import dev.hone.train.Forecast;
import dev.hone.train.OptimizerSection;
import dev.hone.train.PreparedData;
import dev.hone.train.RunFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run needs, before it starts: its largest step run on paper, and its time from what this
 * machine does a second.
 */
record Plan(
        Forecast forecast,
        OptimizerSection optimizer,
        String keeps,
        long steps,
        long tokens,
        double seconds) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

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
            Calibration calibration) {
        Forecast forecast =
                Forecast.largest(device, config, run.method(), run.training(), heaviest);
        long tokens = data.tokens();
        double step = rates.seconds(forecast.work()) * calibration.factor();
        return new Plan(
                forecast,
                run.training().optimizer(),
                run.training().memory().keep().describe(config.layers()),
                data.steps().steps(),
                tokens,
                step / forecast.stepTokens() * tokens);
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
            out.printf("  keeps    %s; the rest is computed again%n", keeps);
        }
        out.printf(
                "  time     about %s for %,d steps of up to %,d tokens, %s tokens in all%n",
                Units.duration(seconds), steps, forecast.stepTokens(), Units.count(tokens));
    }

    void write(Path file) throws IOException {
        ObjectNode json = MAPPER.createObjectNode();
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
        json.put("steps", steps);
        json.put("tokens", tokens);
        json.put("seconds", seconds);
        Files.writeString(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json));
    }
}
