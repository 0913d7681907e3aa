package dev.hone.plan;

import dev.hone.train.Forecast;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A plan as JSON; docs/plan.md describes every key. */
public final class PlanJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private PlanJson() {}

    /** The whole plan. */
    public static String of(RunPlan plan) {
        ObjectNode json = MAPPER.createObjectNode();
        Forecast forecast = plan.memory().forecast();
        json.put("model", plan.model());
        json.put("method", plan.method().name());
        json.put("dtype", TimePlan.dtypeName(plan.training().dtype()));
        json.put("optimizer", plan.training().optimizer().rule().name());
        data(json, plan.work());
        json.put("parameters", forecast.parameters());
        json.put("trainable_parameters", forecast.trainableParameters());
        json.put("flops_per_token", plan.time().flopsPerToken());
        memory(json.putObject("memory"), plan);
        ArrayNode gpus = json.putArray("gpus");
        for (Choice choice : plan.choices()) {
            gpu(gpus.addObject(), choice, plan.config().layers());
        }
        advice(json.putObject("advice"), plan.question());
        methods(json, plan.methods());
        ArrayNode proposals = json.putArray("proposals");
        for (Proposal proposal : plan.proposals()) {
            ObjectNode node = proposals.addObject();
            node.put("key", proposal.key());
            node.put("now", proposal.now());
            node.put("proposed", proposal.proposed());
            node.put("reason", proposal.reason());
        }
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    }

    private static void data(ObjectNode json, Workload work) {
        json.put("rows", work.rows());
        json.put("tokens", work.tokens());
        json.put("epoch_tokens", work.epochTokens());
        json.put("supervised_tokens", work.supervisedTokens());
        json.put("steps", work.steps());
        json.put("packing", work.packing());
        json.put("lengths_known", work.basis().name().toLowerCase(Locale.ROOT));
        ObjectNode lengths = json.putObject("lengths");
        lengths.put("shortest", work.lengths()[0]);
        lengths.put("p50", work.percentile(50));
        lengths.put("p90", work.percentile(90));
        lengths.put("p99", work.percentile(99));
        lengths.put("longest", work.lengths()[work.lengths().length - 1]);
    }

    private static void memory(ObjectNode json, RunPlan plan) {
        MemoryPlan memory = plan.memory();
        json.put("keeps", memory.holding().describe(plan.config().layers()));
        Forecast.Parts parts = memory.forecast().parts();
        json.put("peak_bytes", memory.peakBytes());
        json.put("weights_bytes", memory.weightBytes());
        json.put("weights_off_device_bytes", memory.weightBytesOffDevice());
        json.put("adapter_bytes", parts.adapter());
        json.put("gradients_bytes", parts.gradients());
        json.put("optimizer_bytes", parts.optimizer());
        json.put("activations_bytes", parts.kept());
        json.put("workspace_bytes", parts.workspace());
        json.put("allocator_bytes", memory.allocatorBytes());
        json.put("allocator_replayed", memory.allocatorReplayed());
        json.put("context_bytes", memory.contextBytes());
        ArrayNode stages = json.putArray("stages");
        for (Stage stage : memory.stages()) {
            ObjectNode node = stages.addObject();
            node.put("name", stage.name());
            if (!stage.format().isEmpty()) {
                node.put("format", stage.format());
            }
            node.put("gpu_bytes", stage.deviceBytes());
            node.put("host_bytes", stage.hostBytes());
            node.put("disk_bytes", stage.diskBytes());
            node.put("basis", stage.counted() ? "counted" : "formula");
        }
    }

    private static void gpu(ObjectNode json, Choice choice, int layers) {
        json.put("name", choice.gpu().name());
        json.put("count", choice.count());
        json.put("fits", choice.fits());
        json.put("peak_bytes", choice.peakBytes());
        json.put("keeps", choice.holding().describe(layers));
        json.put("usable_bytes", choice.gpu().usableBytes());
        json.put("hours", choice.hours().middle());
        json.put("hours_low", choice.hours().low());
        json.put("hours_high", choice.hours().high());
        json.put("efficiency", choice.efficiency());
        json.put("calibrated", choice.hours().calibration().measured());
        json.put("calibration_runs", choice.hours().calibration().runs());
        json.put("engine_runs_it", choice.count() == 1);
        choice.dollars()
                .ifPresentOrElse(d -> json.put("dollars", d), () -> json.putNull("dollars"));
        choice.price()
                .ifPresentOrElse(
                        p -> {
                            json.put("provider", p.provider());
                            json.put("terms", p.kind().toString());
                            json.put("dollars_per_hour", p.dollarsPerHour());
                            json.put("price_as_of", p.asOf().toString());
                            json.put("price_source", p.source());
                        },
                        () -> json.putNull("provider"));
        choice.owningHours().ifPresent(h -> json.put("owning_pays_after_hours", h));
        choice.out().ifPresent(reason -> json.put("out", reason));
    }

    private static void advice(ObjectNode json, Advice.Question question) {
        json.put("calls_per_month", question.callsPerMonth());
        json.put("instruction_tokens", question.instructionTokens());
        json.put("training_dollars", question.trainingDollars());
        json.put("data_dollars", question.dataDollars());
        Advice.of(question)
                .breakEvenCalls()
                .ifPresentOrElse(
                        c -> json.put("break_even_calls", c),
                        () -> json.putNull("break_even_calls"));
    }

    private static void methods(ObjectNode json, MethodAdvice advice) {
        ArrayNode methods = json.putArray("methods");
        for (MethodRow row : advice.rows()) {
            ObjectNode node = methods.addObject();
            node.put("name", row.name());
            node.put("weights_bytes", row.weightBytes());
            node.put("peak_bytes", row.peakBytes());
            node.put("least_peak_bytes", row.leastPeakBytes());
            row.best()
                    .ifPresentOrElse(
                            gpu -> node.put("cheapest_gpu", gpu.name()),
                            () -> node.putNull("cheapest_gpu"));
            row.keeps().ifPresent(k -> node.put("keeps", k));
            row.hours().ifPresent(h -> node.put("hours", h));
            row.dollars().ifPresent(d -> node.put("dollars", d));
            node.put("lost", row.lost());
        }
        json.put("method_advice", advice.verdict());
    }
}
