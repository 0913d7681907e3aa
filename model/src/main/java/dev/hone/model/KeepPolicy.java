package dev.hone.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What each layer keeps: the first ones their input, the next ones all but the MLP, the rest
 * everything.
 *
 * @param inputs number of layers that keep their input only
 * @param noMlps number of layers behind them that keep all but gate and up
 */
public record KeepPolicy(int inputs, int noMlps) {
    /** Fastest and largest. */
    public static final KeepPolicy EVERYTHING = new KeepPolicy(0, 0);

    /** The same for all layers, however many. */
    public static KeepPolicy all(Keep keep) {
        return switch (keep) {
            case EVERYTHING -> EVERYTHING;
            case NO_MLP -> new KeepPolicy(0, Integer.MAX_VALUE);
            case INPUT -> new KeepPolicy(Integer.MAX_VALUE, 0);
        };
    }

    /** The policies for a model of {@code layers} layers, each a little slower and smaller. */
    public static List<KeepPolicy> byMemory(int layers) {
        List<KeepPolicy> policies = new ArrayList<>();
        for (int noMlps = 0; noMlps < layers; noMlps++) {
            policies.add(new KeepPolicy(0, noMlps));
        }
        for (int inputs = 0; inputs <= layers; inputs++) {
            policies.add(new KeepPolicy(inputs, layers - inputs));
        }
        return policies;
    }

    /** What the layer of this index keeps. */
    public Keep of(int layer) {
        if (layer < inputs) {
            return Keep.INPUT;
        }
        return layer - inputs < noMlps ? Keep.NO_MLP : Keep.EVERYTHING;
    }

    /** For people: {@code everything}, or how many of the layers keep what. */
    public String describe(int layers) {
        int input = Math.min(inputs, layers);
        int noMlp = Math.min(noMlps, layers - input);
        if (input + noMlp == 0) {
            return "everything";
        }
        List<String> parts = new ArrayList<>();
        if (input > 0) {
            parts.add("their input in %d".formatted(input));
        }
        if (noMlp > 0) {
            parts.add("all but the MLP in %d".formatted(noMlp));
        }
        if (input + noMlp < layers) {
            parts.add("everything in %d".formatted(layers - input - noMlp));
        }
        return String.join(", ", parts) + " of %d layers".formatted(layers);
    }
}
