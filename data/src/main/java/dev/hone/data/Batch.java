package dev.hone.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Several sequences as one flat run of tokens, without padding. Sequence s stands at {@code
 * [offsets[s], offsets[s + 1])}; attention and positions start anew at each.
 *
 * @param ids token ids of all sequences: [T]
 * @param offsets where each sequence starts, then T: [sequences + 1]
 * @param weights as in {@link Example}, weight of predicting token t from those before it; 0 at
 *     each start: [T]
 * @param sources index of each sequence's example in the dataset: [sequences]
 */
@SuppressWarnings("ArrayRecordComponent") // arrays are handed over, never copied or compared
public record Batch(int[] ids, int[] offsets, float[] weights, int[] sources) {

    /**
     * Lays examples one after the other.
     *
     * @param examples the dataset
     * @param sources indices into it, in the order wanted
     */
    public static Batch of(List<Example> examples, int... sources) {
        int[] offsets = new int[sources.length + 1];
        for (int s = 0; s < sources.length; s++) {
            offsets[s + 1] = Math.addExact(offsets[s], examples.get(sources[s]).length());
        }
        int[] ids = new int[offsets[sources.length]];
        float[] weights = new float[ids.length];
        for (int s = 0; s < sources.length; s++) {
            Example example = examples.get(sources[s]);
            System.arraycopy(example.ids(), 0, ids, offsets[s], example.length());
            System.arraycopy(example.weights(), 0, weights, offsets[s], example.length());
        }
        return new Batch(ids, offsets, weights, sources.clone());
    }

    /**
     * All examples in order, as batches of at most {@code maxTokens} tokens; a longer example
     * stands alone. For measuring a holdout.
     */
    public static List<Batch> inOrder(List<Example> examples, int maxTokens) {
        int[] lengths = examples.stream().mapToInt(Example::length).toArray();
        List<Batch> batches = new ArrayList<>();
        for (int[] bin : Bins.inOrder(lengths, maxTokens)) {
            batches.add(of(examples, bin));
        }
        return batches;
    }

    /** Number of tokens, T. */
    public int tokens() {
        return ids.length;
    }

    /** Number of sequences. */
    public int sequences() {
        return sources.length;
    }

    /** Sum of the weights. */
    public double supervisedWeight() {
        double sum = 0;
        for (float weight : weights) {
            sum += weight;
        }
        return sum;
    }
}
