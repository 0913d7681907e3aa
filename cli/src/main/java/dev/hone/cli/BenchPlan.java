package dev.hone.cli;

import dev.hone.data.Batch;
import dev.hone.model.Holding;
import dev.hone.plan.Calibration;
import dev.hone.plan.MemoryPlan;
import dev.hone.plan.Rates;
import dev.hone.plan.TimePlan;
import dev.hone.plan.Workload;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import dev.hone.train.Forecast;
import dev.hone.train.RunFile;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A benchmarked step on paper.
 *
 * @param forecast of the step
 * @param flopsOnce of its matrix products when layers keep everything, so that none is done twice
 * @param roofline its seconds at best
 * @param seconds as the calibration of the device has it
 * @param card what it takes of a card with the allocator's part and the context; empty for a
 *     processor
 */
record BenchPlan(
        Forecast forecast,
        long flopsOnce,
        double roofline,
        double seconds,
        Optional<MemoryPlan> card) {

    static BenchPlan of(BenchCase bench, Device device, Rates rates, Calibration calibration) {
        RunFile.TrainingSection training = bench.run().training();
        Forecast forecast = count(bench, training, device);
        long once =
                bench.recomputes()
                        ? count(bench, training.holding(Holding.EVERYTHING), device).flops()
                        : forecast.flops();
        TimePlan time =
                TimePlan.of(
                        device, bench.config(), bench.run().method(), training, workload(bench));
        double roofline = time.trainingSeconds(rates);
        return new BenchPlan(
                forecast,
                once,
                roofline,
                roofline * calibration.factor(),
                device.kind() == Device.Kind.CPU ? Optional.empty() : Optional.of(time.memory()));
    }

    private static Forecast count(
            BenchCase bench, RunFile.TrainingSection training, Device device) {
        return Forecast.of(
                CountingOps.of(device),
                bench.config(),
                bench.run().method(),
                training,
                bench.step());
    }

    /** The step as all that a run computes on. */
    private static Workload workload(BenchCase bench) {
        int[] lengths = new int[bench.rows()];
        Arrays.fill(lengths, bench.length());
        List<Batch> batches = bench.step().batches();
        long tokens = bench.step().tokens();
        return new Workload(
                Workload.Basis.ASSUMED,
                bench.rows(),
                tokens,
                Math.round(bench.step().supervisedWeight()),
                lengths,
                1,
                tokens,
                1,
                batches,
                batches.getFirst(),
                List.of(),
                Optional.empty());
    }

    /** Its keys of the result. */
    void put(ObjectNode json) {
        json.put("parameters", forecast.parameters());
        json.put("trainable_parameters", forecast.trainableParameters());
        json.put("step_flops", forecast.flops());
        json.put("step_flops_without_recomputation", flopsOnce);
        json.put("planned_step_s", seconds);
        json.put("planned_peak_live_bytes", forecast.peakBytes());
        card.ifPresent(memory -> {
            json.put("planned_reserved_bytes", forecast.peakBytes() + memory.allocatorBytes());
            json.put("planned_peak_bytes", memory.peakBytes());
        });
    }
}
