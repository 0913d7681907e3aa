package dev.hone.train;

import java.util.List;

/**
 * What one layer of a kind takes, as counted.
 *
 * @param stateBytes on the device between steps: weights, adapter, gradients, moments
 * @param hostBytes in host memory between steps
 * @param passes of each micro-batch through it; their peak is what is live on the device while it
 *     is the last layer, the head's part included, beside the state and what this layer and those
 *     before it keep
 */
public record LayerCost(long stateBytes, long hostBytes, List<PassCount> passes) {}
