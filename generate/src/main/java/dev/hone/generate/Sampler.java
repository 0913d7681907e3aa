package dev.hone.generate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Chooses tokens from logits; the same seed gives the same choices. */
final class Sampler {
    private final Sampling sampling;
    private final SplittableRandom random;

    Sampler(Sampling sampling) {
        this.sampling = sampling;
        this.random = new SplittableRandom(sampling.seed());
    }

    /** An index into {@code logits} [V]. */
    int next(float[] logits) {
        if (sampling.temperature() == 0) {
            return largest(logits);
        }
        double[] weights = weights(logits);
        int[] order = mostLikely(weights);
        double total = 0;
        for (int id : order) {
            total += weights[id];
        }
        double at = random.nextDouble() * total;
        for (int id : order) {
            at -= weights[id];
            if (at < 0) {
                return id;
            }
        }
        return order[order.length - 1];
    }

    private static int largest(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    /** Probabilities up to a common factor. */
    private double[] weights(float[] logits) {
        double most = logits[largest(logits)];
        double[] weights = new double[logits.length];
        Arrays.setAll(weights, i -> Math.exp((logits[i] - most) / sampling.temperature()));
        return weights;
    }

    /** The ids to choose from, likeliest first. */
    private int[] mostLikely(double[] weights) {
        if (sampling.topP() == 1) {
            return IntStream.range(0, weights.length).toArray();
        }
        int[] order =
                IntStream.range(0, weights.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble((Integer i) -> -weights[i]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        double wanted = sampling.topP() * Arrays.stream(weights).sum();
        int count = 0;
        for (double sum = 0; count < order.length && sum < wanted; count++) {
            sum += weights[order[count]];
        }
        return Arrays.copyOf(order, count);
    }
}
