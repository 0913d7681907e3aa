package dev.hone.train;

/**
 * What is known of one optimizer step; a line of {@code metrics.jsonl}.
 *
 * @param step from 1
 * @param steps of the whole run
 * @param loss mean over the supervised weight, before the update
 * @param gradNorm of all gradients together, before clipping
 * @param tokens of the step
 * @param peakLiveBytes most bytes of tensors alive during the step
 */
public record StepMetrics(
        long step,
        long steps,
        int epoch,
        double loss,
        double gradNorm,
        double learningRate,
        long tokens,
        double tokensPerSecond,
        long peakLiveBytes) {}
