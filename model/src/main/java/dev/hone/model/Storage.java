package dev.hone.model;

import java.util.Optional;

/**
 * How frozen weights are stored.
 *
 * @param quantization of the matrices of the layers; empty for the dtype of arithmetic
 * @param placements where they are
 */
public record Storage(Optional<Quantization> quantization, Placements placements) {
    /** As they are multiplied with, on the device. */
    public static final Storage PLAIN = new Storage(Optional.empty(), Placements.DEVICE);

    /** On the device. */
    public static Storage of(Optional<Quantization> quantization) {
        return new Storage(quantization, Placements.DEVICE);
    }
}
