package dev.hone.plan;

import dev.hone.model.ModelConfig;
import dev.hone.tensor.Device;
import dev.hone.train.RunFile;
import java.util.List;
import java.util.Optional;

/**
 * Everything that a plan says of a run.
 *
 * @param model its name or folder
 * @param memory on one CUDA card
 * @param choices every GPU, from the best to the worst
 */
public record RunPlan(
        String model,
        ModelConfig config,
        RunFile.Method method,
        RunFile.TrainingSection training,
        Workload work,
        MemoryPlan memory,
        TimePlan time,
        List<Choice> choices,
        MethodAdvice methods,
        List<Proposal> proposals) {

    /** What a plan is made from besides the run. */
    public record Knowledge(
            GpuCatalogue catalogue,
            PriceBook prices,
            CalibrationBook calibrations,
            Ranking.Wishes wishes) {}

    /** Plans a run. Nothing is loaded and nothing computed. */
    public static RunPlan of(
            String model,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            int maxLength,
            Workload work,
            Knowledge known) {
        if (method instanceof RunFile.Method.Lora lora && lora.from().isEmpty()) {
            lora.spec().requireLayersOf(config);
        }
        Device card = Device.cuda(0);
        MemoryPlan memory = MemoryPlan.of(card, config, method, training, work);
        TimePlan time = TimePlan.of(card, config, method, training, work);
        List<Choice> choices =
                Ranking.of(
                        known.catalogue(),
                        known.prices(),
                        known.calibrations(),
                        memory,
                        time,
                        training.dtype(),
                        known.wishes());
        MethodAdvice methods =
                MethodAdvice.of(
                        new MethodAdvice.Inputs(
                                config, method, training, work, memory, time, known));
        List<Proposal> proposals =
                new Proposals(config, method, training, work)
                        .all(maxLength, best(choices), choices);
        return new RunPlan(
                model, config, method, training, work, memory, time, choices, methods, proposals);
    }

    /** The same plan with the memory of another kind of device. */
    public RunPlan on(Device device) {
        return new RunPlan(
                model,
                config,
                method,
                training,
                work,
                MemoryPlan.of(device, config, method, training, work),
                TimePlan.of(device, config, method, training, work),
                choices,
                methods,
                proposals);
    }

    /**
     * The first single card that will do with a twentieth of its memory to spare, else the first at
     * all. Several at once are not run by the engine yet.
     */
    public Optional<Choice> recommended() {
        return best(choices);
    }

    private static Optional<Choice> best(List<Choice> choices) {
        List<Choice> single =
                choices.stream().filter(c -> c.count() == 1 && c.out().isEmpty()).toList();
        return single.stream()
                .filter(c -> c.freeBytes() >= c.gpu().usableBytes() / 20)
                .findFirst()
                .or(() -> single.stream().findFirst());
    }
}
