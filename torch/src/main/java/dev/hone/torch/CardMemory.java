package dev.hone.torch;

/**
 * The memory of a CUDA card, in bytes.
 *
 * @param total of the card
 * @param free of the card now, for all processes
 * @param allocatedPeak most that tensors of this process took, rounded up by the allocator
 * @param reservedPeak most that the allocator took from the card
 */
public record CardMemory(long total, long free, long allocatedPeak, long reservedPeak) {}
