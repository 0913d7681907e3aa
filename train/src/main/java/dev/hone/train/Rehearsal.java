package dev.hone.train;

/**
 * What a part of a run took when it was run on the side.
 *
 * @param peakLiveBytes most bytes of tensors alive meanwhile, what lives between steps included
 */
public record Rehearsal(double seconds, long peakLiveBytes) {}
