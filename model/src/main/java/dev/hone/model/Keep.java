package dev.hone.model;

/**
 * What a layer keeps of its forward for its backward, the fastest first; what is not kept is
 * computed again, to the same bits.
 */
public enum Keep {
    /** All that a matrix product made. */
    EVERYTHING,
    /** All but gate and up of the feed-forward: two products of three of it are done again. */
    NO_MLP,
    /** The layer's input: all of the forward but the product with down is done again. */
    INPUT,
    /** The layer's input, in memory of the host. */
    PARKED
}
