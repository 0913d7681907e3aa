package dev.hone.plan;

import dev.hone.model.Holding;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.Device;
import dev.hone.train.FreeMemory;
import dev.hone.train.RunFile;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Everything that a plan says of a run.
 *
 * @param model its name or folder
 * @param memory on the card that is recommended, with how the model is held there; as the run has
 *     it where none is
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
        RunCount count = new RunCount(Device.cuda(0), config, method, training, work);
        TimePlan time = TimePlan.of(count);
        List<Choice> choices = ranked(count, time, training, known);
        Holding holding = held(choices, training);
        MemoryPlan memory = count.memory(holding);
        // What the allocator takes is known better now, and another way may be the fastest.
        choices = ranked(count, time, training, known);
        if (!held(choices, training).equals(holding)) {
            memory = count.derived(held(choices, training));
        }
        MethodAdvice methods = MethodAdvice.of(new MethodAdvice.Inputs(count, known));
        List<Proposal> proposals = new Proposals(count).all(maxLength, best(choices), choices);
        return new RunPlan(
                model, config, method, training, work, memory, time, choices, methods, proposals);
    }

    private static Holding held(List<Choice> choices, RunFile.TrainingSection training) {
        return best(choices).map(Choice::holding).orElse(training.memory().holding());
    }

    private static List<Choice> ranked(
            RunCount count, TimePlan time, RunFile.TrainingSection training, Knowledge known) {
        return Ranking.of(
                known.catalogue(),
                known.prices(),
                known.calibrations(),
                count,
                time,
                training.dtype(),
                known.wishes());
    }

    /** The same plan with the memory of another kind of device. */
    public RunPlan on(Device device) {
        TimePlan other = TimePlan.of(device, config, method, training, work);
        return new RunPlan(
                model,
                config,
                method,
                training,
                work,
                other.memory(),
                other,
                choices,
                methods,
                proposals);
    }

    /**
     * Whether to fine-tune at all: what is usually the case, at this plan's price of a training.
     */
    public Advice.Question question() {
        Advice.Question usual = Advice.Question.USUAL;
        OptionalDouble dollars = recommended().map(Choice::dollars).orElse(OptionalDouble.empty());
        return dollars.isPresent() ? usual.trainedFor(dollars.getAsDouble()) : usual;
    }

    /**
     * The first single card that will do, rather with a twentieth of its memory to spare. Several
     * at once are not run by the engine yet.
     */
    public Optional<Choice> recommended() {
        return best(choices);
    }

    private static Optional<Choice> best(List<Choice> choices) {
        List<Choice> single =
                choices.stream().filter(c -> c.count() == 1 && c.out().isEmpty()).toList();
        return single.stream()
                .filter(c -> c.peakBytes() <= FreeMemory.room(c.gpu().usableBytes()))
                .findFirst()
                .or(() -> single.stream().findFirst());
    }
}
