package dev.hone.train;

import dev.hone.data.Batch;
import dev.hone.data.Example;
import dev.hone.data.OptimizerStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Sequences of many lengths, of which the second half is trained. */
final class ManyLengths {
    private ManyLengths() {}

    static List<Example> examples(int vocabulary, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Example> examples = new ArrayList<>();
        for (int length : new int[] {37, 5, 64, 19, 2, 90}) {
            float[] weights = new float[length];
            Arrays.fill(weights, length / 2, length, 1);
            examples.add(new Example("row", random.ints(length, 0, vocabulary).toArray(), weights));
        }
        return examples;
    }

    /** Steps of one and of several micro-batches. */
    static List<OptimizerStep> steps(List<Example> examples) {
        return List.of(
                new OptimizerStep(0, 0, List.of(Batch.of(examples, 0, 1, 2))),
                new OptimizerStep(
                        1, 0, List.of(Batch.of(examples, 3), Batch.of(examples, 4, 5, 0))),
                new OptimizerStep(2, 0, List.of(Batch.of(examples, 5))));
    }
}
