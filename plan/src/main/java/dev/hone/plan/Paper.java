package dev.hone.plan;

import dev.hone.model.ModelConfig;
import dev.hone.train.RunFile;

/** Models as they are counted. */
final class Paper {
    private Paper() {}

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

    /**
     * Whether a model of few layers tells of one of many: not under a memory limit, where layers
     * differ in what they keep, and not where modules of some layers have a rank of their own.
     */
    static boolean layersAreAlike(
            ModelConfig config, RunFile.Method method, RunFile.TrainingSection training) {
        return training.memory().limit().isEmpty()
                && !(method instanceof RunFile.Method.Lora lora
                        && !lora.spec().alikeInAllLayers(config));
    }
}
