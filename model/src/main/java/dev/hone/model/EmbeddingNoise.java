package dev.hone.model;

import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Sequences;
import dev.hone.tensor.Tensor;
import java.util.Arrays;

/**
 * Noise on the output of the embeddings while training (NEFTune, Jain et al. 2023, arXiv
 * 2310.05914): every element of a sequence of L tokens and D elements gets a number spread evenly
 * over ±alpha/√(L·D). L is that of each sequence in the flat run of tokens, so the noise is as
 * strong as it would be for the sequence alone, whatever that is packed with.
 */
final class EmbeddingNoise {
    /** The place in a layer that no dropout stands at. */
    private static final int PLACE = 15;

    private EmbeddingNoise() {}

    /** Adds to x [T, D] what follows from the pass's seed; nothing outside training. */
    static void add(Ops ops, Pass pass, Tensor x, double alpha) {
        if (alpha == 0 || pass.seed() == Pass.NO_DROPOUT) {
            return;
        }
        try (Scope _ = ops.scope()) {
            float[] bounds = bounds(pass.sequences(), x.dim(1), alpha);
            ops.addNoise(x, ops.ofFloats(bounds, bounds.length), pass.seedAt(0, PLACE));
        }
    }

    /** The largest noise of each token. */
    static float[] bounds(Sequences sequences, long width, double alpha) {
        float[] bounds = new float[sequences.queries()];
        for (int s = 0; s < sequences.count(); s++) {
            int start = sequences.queryStart(s);
            int end = sequences.queryEnd(s);
            double elements = (double) (end - start) * width;
            Arrays.fill(bounds, start, end, (float) (alpha / Math.sqrt(elements)));
        }
        return bounds;
    }
}
