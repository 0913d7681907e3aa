package dev.hone.train;

import dev.hone.data.Batch;
import dev.hone.data.OptimizerStep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which micro-batches can need the most memory of all. */
public final class HeavyBatches {
    private HeavyBatches() {}

    /** What a micro-batch's memory goes with. */
    private record Size(int tokens, int supervised, int longest) {

        static Size of(Batch batch) {
            return new Size(
                    batch.tokens(), HeavyBatches.supervised(batch), HeavyBatches.longest(batch));
        }

        boolean within(Size other) {
            return tokens <= other.tokens
                    && supervised <= other.supervised
                    && longest <= other.longest;
        }
    }

    /**
     * Those that no other one exceeds, or equals, in tokens, in supervised tokens and in its
     * longest sequence at once.
     */
    public static List<Batch> of(List<Batch> batches) {
        Map<Size, Batch> sizes = new LinkedHashMap<>();
        batches.forEach(batch -> sizes.putIfAbsent(Size.of(batch), batch));
        List<Batch> heavy = new ArrayList<>();
        sizes.forEach((size, batch) -> {
            boolean exceeded =
                    sizes.keySet().stream()
                            .anyMatch(other -> !other.equals(size) && size.within(other));
            if (!exceeded) {
                heavy.add(batch);
            }
        });
        return List.copyOf(heavy);
    }

    /** The same of all micro-batches of these steps. */
    static List<Batch> ofSteps(List<OptimizerStep> steps) {
        return of(steps.stream().flatMap(step -> step.batches().stream()).toList());
    }

    /** One of each layout: memory and time go by it, not by the tokens. */
    public static List<Batch> distinct(List<Batch> batches) {
        Map<BatchLayout, Batch> found = new LinkedHashMap<>();
        batches.forEach(batch -> found.putIfAbsent(BatchLayout.of(batch), batch));
        return List.copyOf(found.values());
    }

    /** Tokens of a micro-batch that are trained. */
    public static int supervised(Batch batch) {
        int count = 0;
        for (float weight : batch.weights()) {
            count += weight != 0 ? 1 : 0;
        }
        return count;
    }

    /** Tokens of its longest sequence. */
    public static int longest(Batch batch) {
        int longest = 0;
        for (int s = 0; s < batch.sequences(); s++) {
            longest = Math.max(longest, batch.offsets()[s + 1] - batch.offsets()[s]);
        }
        return longest;
    }
}
