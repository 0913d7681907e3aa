package dev.hone.train;

import dev.hone.data.Batch;

/**
 * The objective of supervised fine-tuning: loss = −Σ w·log p / N, with N the weight of the whole
 * optimizer step over all its micro-batches, so that accumulation equals the large batch. It is
 * linear in log p: its gradient −w/N is known before the forward.
 */
final class Supervised {
    private Supervised() {}

    /**
     * The supervised tokens of a batch.
     *
     * @param rows position of the token before each, whose hidden state predicts it
     * @param targets the token ids
     * @param weights their weights
     */
    @SuppressWarnings("ArrayRecordComponent") // arrays are handed over, never compared
    record Targets(int[] rows, int[] targets, float[] weights) {

        static Targets of(Batch batch) {
            int count = HeavyBatches.supervised(batch);
            Targets result = new Targets(new int[count], new int[count], new float[count]);
            int at = 0;
            for (int t = 0; t < batch.tokens(); t++) {
                if (batch.weights()[t] != 0) {
                    result.rows[at] = t - 1;
                    result.targets[at] = batch.ids()[t];
                    result.weights[at++] = batch.weights()[t];
                }
            }
            return result;
        }

        boolean isEmpty() {
            return rows.length == 0;
        }

        /** d loss / d log p of each target. */
        float[] gradient(double total) {
            float[] gradient = new float[weights.length];
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = (float) (-weights[i] / total);
            }
            return gradient;
        }

        /** −Σ w·log p. */
        double loss(float[] logProbs) {
            double sum = 0;
            for (int i = 0; i < logProbs.length; i++) {
                sum -= (double) weights[i] * logProbs[i];
            }
            return sum;
        }
    }
}
