package dev.hone.cli;

import dev.hone.tensor.Device;
import dev.hone.tensor.OperationTimes;
import dev.hone.tensor.Ops;
import dev.hone.torch.CardMemory;
import dev.hone.train.StepBenchmark;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The result of a benchmark as JSON; docs/bench.md has its keys. */
final class BenchReport {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** What is held against the previous result. */
    private static final List<String> COMPARED =
            List.of(
                    "median_step_s",
                    "tokens_per_second",
                    "peak_live_bytes",
                    "peak_bytes",
                    "allocated_bytes",
                    "reserved_bytes");

    private final ObjectNode json = MAPPER.createObjectNode();

    /**
     * What is known before anything is computed.
     *
     * @param threads of a processor
     */
    BenchReport(BenchCase bench, BenchPlan plan, Ops ops, int threads) {
        json.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        json.put("hone_version", Hone.VERSION);
        json.put("device", ops.device().toString());
        json.put("device_name", DeviceRates.name(ops.device()));
        if (ops.device().kind() == Device.Kind.CPU) {
            json.put("threads", threads);
        }
        json.put("kernels", ops.description());
        bench.put(json);
        plan.put(json);
    }

    ObjectNode json() {
        return json;
    }

    private double number(String key) {
        return json.get(key).asDouble();
    }

    void timed(StepBenchmark.Result result, boolean profile) {
        double seconds = result.medianSeconds();
        json.put("warm_up_steps", result.warmUp());
        json.put("steps", result.seconds().size());
        json.put("profile", profile);
        json.put("median_step_s", seconds);
        json.put("mean_step_s", result.meanSeconds());
        json.put("fastest_step_s", result.seconds().getFirst());
        json.put("slowest_step_s", result.seconds().getLast());
        json.put("tokens_per_second", number("tokens_per_step") / seconds);
        json.put("peak_live_bytes", result.peakLiveBytes());
    }

    /** What the whole process took, or all processes of the card. */
    void memory(Optional<CardMemory> card) {
        if (card.isPresent()) {
            json.put("peak_bytes", card.get().total() - card.get().free());
            json.put("allocated_bytes", card.get().allocatedPeak());
            json.put("reserved_bytes", card.get().reservedPeak());
        } else {
            Machine.peakResidentBytes().ifPresent(bytes -> json.put("peak_bytes", bytes));
        }
    }

    /**
     * @param peakFlops of matrix products a second, as measured
     */
    void shareOf(double peakFlops) {
        double possible = peakFlops * number("median_step_s");
        json.put("matmul_peak_flops", peakFlops);
        json.put("share_of_peak", number("step_flops") / possible);
        json.put(
                "share_of_peak_without_recomputation",
                number("step_flops_without_recomputation") / possible);
    }

    void operations(List<OperationTimes.Entry> operations) {
        int steps = json.get("steps").asInt();
        ArrayNode list = json.putArray("operations");
        for (OperationTimes.Entry entry : operations) {
            double seconds = entry.nanos() / 1e9 / steps;
            ObjectNode node = list.addObject();
            node.put("operation", entry.operation());
            node.put("calls_per_step", entry.calls() / steps);
            node.put("ms_per_step", 1e3 * seconds);
            node.put("share", seconds / number("mean_step_s"));
        }
    }

    /** Beside an older result of the same. */
    void compare(JsonNode older) {
        ObjectNode previous = json.putObject("previous");
        previous.set("date", older.get("date"));
        previous.set("hone_version", older.get("hone_version"));
        ObjectNode change = json.putObject("change_percent");
        for (String key : COMPARED) {
            double before = older.path(key).asDouble(0);
            if (before > 0 && json.has(key)) {
                previous.set(key, older.get(key));
                change.put(key, 100 * (number(key) / before - 1));
            }
        }
        if (older.path("share_of_peak").isNumber()) {
            previous.set("share_of_peak", older.get("share_of_peak"));
        }
    }
}
