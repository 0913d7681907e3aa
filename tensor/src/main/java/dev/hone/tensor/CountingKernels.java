package dev.hone.tensor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Kernels that allocate nothing and compute nothing, and count the bytes they would touch. */
final class CountingKernels implements Kernels {
    private final Cost cost;
    private final Kernels composed;

    CountingKernels(CountingPrimitives primitives) {
        this.cost = primitives.cost();
        this.composed = new ComposedKernels(primitives);
    }

    @Override
    public String description() {
        return "counted on paper";
    }

    @Override
    public void rmsNorm(Tensor x, Tensor weight, double eps, Tensor out, @Nullable Tensor rstd) {
        cost.moved(x, weight, out);
    }

    @Override
    public void rmsNormBackward(
            Tensor dOut,
            Tensor x,
            Tensor weight,
            Tensor rstd,
            Tensor dX,
            @Nullable Tensor dWeight) {
        cost.moved(dOut, x, weight, rstd, dX, dX);
    }

    @Override
    public void rope(Tensor x, Tensor cos, Tensor sin, boolean inverse) {
        cost.moved(x, x, cos, sin);
    }

    @Override
    public void gatedActivation(Activation activation, Tensor gate, Tensor up, Tensor out) {
        cost.moved(gate, up, out);
    }

    @Override
    public void gatedActivationBackward(
            Activation activation, Tensor dOut, Tensor gate, Tensor up, Tensor dGate, Tensor dUp) {
        cost.moved(dOut, gate, up, dGate, dUp);
    }

    @Override
    public void attentionSoftmax(ScoreTile tile, double scale, Tensor scores, Tensor logSumExp) {
        cost.moved(scores, scores, logSumExp);
    }

    @Override
    public void attentionSoftmaxBackward(
            ScoreTile tile,
            double scale,
            Tensor scores,
            Tensor dProbs,
            Tensor logSumExp,
            Tensor delta) {
        cost.moved(scores, scores, dProbs, dProbs, logSumExp, delta);
    }

    @Override
    public void rowDots(Tensor a, Tensor b, Tensor out) {
        cost.moved(a, b, out);
    }

    @Override
    public void tokenLogProbs(Tensor logits, Tensor targets, Tensor logProbs, Tensor logSumExp) {
        cost.moved(logits, targets, logProbs, logSumExp);
    }

    @Override
    public void tokenLogProbsBackward(
            Tensor logits, Tensor targets, Tensor logSumExp, Tensor dLogProbs) {
        cost.moved(logits, logits, targets, logSumExp, dLogProbs);
    }

    @Override
    public void scaleColumns(Tensor x, Tensor factors, Tensor out) {
        cost.moved(x, factors, out);
    }

    @Override
    public void scaleColumnsBackward(
            Tensor dOut, Tensor x, Tensor factors, Tensor dX, Tensor dFactors) {
        cost.moved(dOut, x, factors, dX);
    }

    @Override
    public void addNoise(Tensor x, Tensor bounds, long seed) {
        cost.moved(x, x, bounds);
    }

    @Override
    public void dropout(Tensor x, double p, long seed, Tensor out) {
        cost.moved(x, out);
    }

    @Override
    public void addRows(Tensor into, Tensor index, Tensor rows) {
        composed.addRows(into, index, rows);
    }

    @Override
    public void dequantize(QuantizedMatrix matrix, Tensor out) {
        cost.moved(matrix.bytes() + out.bytes());
    }

    /** The rules that the CPU's kernels leave to the composed ones are counted as those are. */
    @Override
    public void update(UpdateRule rule, List<UpdateSlot> slots) {
        switch (rule) {
            case AdamW _, AdamW8Bit _, ScheduleFreeAdamW _, Lion _ -> {
                for (UpdateSlot slot : slots) {
                    slot.changed().forEach(tensor -> cost.movedInPart(2 * tensor.bytes()));
                    if (slot.copies()) {
                        cost.movedInPart(slot.value().bytes());
                    }
                }
                cost.moved();
            }
            case Adafactor _, Muon _ -> composed.update(rule, slots);
        }
    }

    @Override
    public void sumOfSquares(List<Tensor> tensors, Tensor into) {
        tensors.forEach(tensor -> cost.movedInPart(tensor.bytes()));
        cost.moved();
    }
}
