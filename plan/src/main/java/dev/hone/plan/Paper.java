package dev.hone.plan;

import dev.hone.model.ModelConfig;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;

/** What stands in for an engine when its work is only counted. The one place that decides it. */
final class Paper {
    private Paper() {}

    /** Counts what the engine of this kind of device allocates, computes and moves. */
    static CountingOps on(Device device) {
        return switch (device.kind()) {
            case CPU -> CountingOps.fused(device);
            case CUDA -> CountingOps.composed(device);
        };
    }

    /** The same model with another number of layers. */
    static ModelConfig withLayers(ModelConfig c, int layers) {
        return new ModelConfig(
                c.family(),
                c.hiddenSize(),
                c.mlpWidth(),
                layers,
                c.heads(),
                c.keyValueHeads(),
                c.headSize(),
                c.vocabulary(),
                c.maxPositions(),
                c.normEps(),
                c.ropeTheta(),
                c.ropeScaling(),
                c.window(),
                c.queryKeyBias(),
                c.outputBias(),
                c.mlpBias(),
                c.queryKeyNorm(),
                c.tied(),
                c.activation());
    }
}
