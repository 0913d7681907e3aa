package dev.hone.train;

import dev.hone.model.Parameter;
import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.util.List;
import java.util.function.Consumer;

/**
 * Updates parameters within a step's backward pass, as soon as their gradients are complete, and
 * gives those up, so that all gradients are never there at once. Their squares are summed on the
 * way. Belongs to the scope it was made in.
 */
final class UpdateInBackward implements Consumer<List<Parameter>> {
    private final Ops ops;
    private final Optimizer optimizer;
    private final long step;
    private final double learningRate;
    private final Tensor squares;

    /**
     * @param step from 1
     */
    UpdateInBackward(Ops ops, Optimizer optimizer, long step, double learningRate) {
        this.ops = ops;
        this.optimizer = optimizer;
        this.step = step;
        this.learningRate = learningRate;
        this.squares = ops.zeros(DType.F32, Shape.of(1));
    }

    @Override
    public void accept(List<Parameter> complete) {
        ops.addSumOfSquares(complete.stream().map(Parameter::gradient).toList(), squares);
        optimizer.update(complete, step, learningRate, 1);
        complete.forEach(Parameter::closeGradient);
    }

    /** Norm of all gradients together, after the pass. */
    double gradientNorm() {
        return Math.sqrt(ops.floats(squares)[0]);
    }
}
