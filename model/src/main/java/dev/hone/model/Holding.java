package dev.hone.model;

/**
 * How a model is held while it trains.
 *
 * @param keep what layers keep of their forward
 * @param placements where frozen weights are
 */
public record Holding(KeepPolicy keep, Placements placements) {
    /** Fastest and largest: everything is kept, and on the device. */
    public static final Holding EVERYTHING = new Holding(KeepPolicy.EVERYTHING);

    /** With all weights on the device. */
    public Holding(KeepPolicy keep) {
        this(keep, Placements.DEVICE);
    }

    /** For people: {@code everything}, or which of so many layers are held otherwise. */
    public String describe(int layers) {
        String where = placements.describe(layers);
        return where.isEmpty()
                ? keep.describe(layers)
                : "%s; weights: %s".formatted(keep.describe(layers), where);
    }
}
