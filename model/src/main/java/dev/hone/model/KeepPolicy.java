package dev.hone.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What each layer keeps: the first ones their input, in host memory or on the device, the next ones
 * all but the MLP, the rest everything.
 *
 * @param parked number of layers that keep their input only, in host memory
 * @param inputs number of layers behind them that keep their input only
 * @param noMlps number of layers behind them that keep all but gate and up
 */
public record KeepPolicy(int parked, int inputs, int noMlps) {
    /** Fastest and largest. */
    public static final KeepPolicy EVERYTHING = new KeepPolicy(0, 0);

    /** With nothing in host memory. */
    public KeepPolicy(int inputs, int noMlps) {
        this(0, inputs, noMlps);
    }

    /** The same for all layers, however many. */
    public static KeepPolicy all(Keep keep) {
        return switch (keep) {
            case EVERYTHING -> EVERYTHING;
            case NO_MLP -> new KeepPolicy(0, Integer.MAX_VALUE);
            case INPUT -> new KeepPolicy(Integer.MAX_VALUE, 0);
            case PARKED -> new KeepPolicy(Integer.MAX_VALUE, 0, 0);
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
        if (layer < parked) {
            return Keep.PARKED;
        }
        int behind = layer - parked;
        if (behind < inputs) {
            return Keep.INPUT;
        }
        return behind - inputs < noMlps ? Keep.NO_MLP : Keep.EVERYTHING;
    }

    /** How many of so many layers park their input. */
    int parkedOf(int layers) {
        return Math.min(parked, layers);
    }

    /** For people: {@code everything}, or how many of the layers keep what. */
    public String describe(int layers) {
        int away = parkedOf(layers);
        int input = Math.min(inputs, layers - away);
        int noMlp = Math.min(noMlps, layers - away - input);
        if (away + input + noMlp == 0) {
            return "everything";
        }
        List<String> parts = new ArrayList<>();
        if (away > 0) {
            parts.add("their input in host memory in %d".formatted(away));
        }
        if (input > 0) {
            parts.add("their input in %d".formatted(input));
        }
        if (noMlp > 0) {
            parts.add("all but the MLP in %d".formatted(noMlp));
        }
        if (away + input + noMlp < layers) {
            parts.add("everything in %d".formatted(layers - away - input - noMlp));
        }
        return String.join(", ", parts) + " of %d layers".formatted(layers);
    }
}
