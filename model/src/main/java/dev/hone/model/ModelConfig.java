package dev.hone.model;

import dev.hone.tensor.Activation;
import java.nio.file.Path;

/**
 * What a decoder-only transformer is made of: the facts of a {@code config.json} that its
 * arithmetic depends on.
 *
 * @param family name of the model family, such as {@code llama}
 * @param hiddenSize D
 * @param mlpWidth F
 * @param layers L
 * @param heads H query heads
 * @param keyValueHeads K
 * @param headSize E
 * @param vocabulary V
 * @param ropeTheta base of the rotary frequencies
 * @param window tokens that a query looks back at, itself included; 0 for all
 * @param queryKeyBias whether q, k and v projections have a bias
 * @param outputBias whether the attention's output projection has a bias
 * @param mlpBias whether the feed-forward projections have a bias
 * @param queryKeyNorm whether each query and key head is normed before rope
 * @param tied whether the head is the embedding table
 */
public record ModelConfig(
        String family,
        int hiddenSize,
        int mlpWidth,
        int layers,
        int heads,
        int keyValueHeads,
        int headSize,
        int vocabulary,
        int maxPositions,
        double normEps,
        double ropeTheta,
        RopeScaling ropeScaling,
        int window,
        boolean queryKeyBias,
        boolean outputBias,
        boolean mlpBias,
        boolean queryKeyNorm,
        boolean tied,
        Activation activation) {

    public ModelConfig {
        if (heads % keyValueHeads != 0) {
            throw new ModelException(
                    "num_attention_heads (%d) must be a multiple of num_key_value_heads (%d)"
                            .formatted(heads, keyValueHeads));
        }
        if (headSize % 2 != 0) {
            throw new ModelException(
                    "head_dim must be even for rotary embeddings, found " + headSize);
        }
    }

    /** Reads {@code folder/config.json}. */
    public static ModelConfig read(Path folder) {
        Path file = folder.resolve("config.json");
        return Families.config(ConfigJson.read(file));
    }

    /** The same model with another number of layers. */
    public ModelConfig withLayers(int other) {
        return new ModelConfig(
                family,
                hiddenSize,
                mlpWidth,
                other,
                heads,
                keyValueHeads,
                headSize,
                vocabulary,
                maxPositions,
                normEps,
                ropeTheta,
                ropeScaling,
                window,
                queryKeyBias,
                outputBias,
                mlpBias,
                queryKeyNorm,
                tied,
                activation);
    }

    /** Number of parameters, tied ones once. */
    public long parameters() {
        long attention =
                (long) hiddenSize * headSize * (2L * heads + 2L * keyValueHeads)
                        + (queryKeyBias ? (long) headSize * (heads + 2L * keyValueHeads) : 0)
                        + (outputBias ? hiddenSize : 0)
                        + (queryKeyNorm ? 2L * headSize : 0);
        long mlp = 3L * hiddenSize * mlpWidth + (mlpBias ? 2L * mlpWidth + hiddenSize : 0);
        long table = (long) vocabulary * hiddenSize;
        return layers * (attention + mlp + 2L * hiddenSize)
                + hiddenSize
                + (tied ? table : 2 * table);
    }
}
