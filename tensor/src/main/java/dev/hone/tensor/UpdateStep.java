package dev.hone.tensor;

/**
 * What every update rule is told of an optimizer step.
 *
 * @param number of the step, from 1
 * @param learningRate before a parameter's own factor
 * @param gradientScale gradients are multiplied by it as they are read
 * @param seed of the step's random bits, for weights that are rounded by chance
 */
public record UpdateStep(long number, double learningRate, double gradientScale, long seed) {}
