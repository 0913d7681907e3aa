package dev.hone.train;

import dev.hone.data.Batch;
import dev.hone.data.Example;
import dev.hone.model.Decoder;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Tensor;
import java.util.List;

/** Mean loss over examples, weighted by token, as training measures it. */
public final class HeldBackLoss {
    private HeldBackLoss() {}

    /** −Σ w·log p / Σ w over all examples; batches of at most {@code batchTokens} tokens. */
    public static double of(Decoder decoder, List<Example> examples, int batchTokens) {
        Ops ops = decoder.ops();
        double sum = 0;
        double weight = 0;
        for (Batch batch : Batch.inOrder(examples, batchTokens)) {
            Supervised.Targets targets = Supervised.Targets.of(batch);
            try (Scope _ = ops.scope()) {
                Tensor hidden = decoder.hidden(batch.ids(), batch.offsets());
                Tensor logProbs =
                        decoder.logProbs(
                                hidden,
                                ops.ofIndices(targets.rows()),
                                ops.ofIndices(targets.targets()));
                sum += targets.loss(ops.floats(logProbs));
            }
            weight += batch.supervisedWeight();
        }
        return sum / weight;
    }
}
