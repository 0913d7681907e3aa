package dev.hone.evaluate;

import dev.hone.data.Tokenizer;
import dev.hone.generate.Sampling;
import dev.hone.generate.TextGenerator;
import java.util.ArrayList;
import java.util.List;

/** Puts questions to a model, one after the other. */
public final class Examination {
    /** Tokens an answer may be longer than the wanted one before it is cut off. */
    private static final int ROOM = 16;

    private Examination() {}

    /**
     * The model's greedy answers; one that runs past the wanted length by far counts as it stands.
     */
    public static List<Answered> of(
            TextGenerator generator, Tokenizer tokenizer, List<Task> tasks) {
        List<Answered> answers = new ArrayList<>();
        for (Task task : tasks) {
            Sampling sampling = Sampling.greedy(task.answer().length + ROOM);
            String said = generator.answer(task.prompt(), sampling, _ -> {}).text();
            answers.add(new Answered(task.source(), tokenizer.decode(task.answer(), true), said));
        }
        return answers;
    }
}
