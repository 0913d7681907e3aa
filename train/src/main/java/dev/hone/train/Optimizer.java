package dev.hone.train;

import dev.hone.model.Parameter;
import dev.hone.tensor.AdamW;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** AdamW over a model's trainable parameters: moments in fp32, no decay of biases and norms. */
final class Optimizer implements AutoCloseable {
    private final Ops ops;
    private final List<State> states = new ArrayList<>();

    /** A parameter with its first and second moment, shaped like its master. */
    record State(Parameter parameter, Tensor m, Tensor v) {}

    Optimizer(Ops ops, List<Parameter> parameters) {
        this.ops = ops;
        for (Parameter parameter : parameters) {
            Tensor master = parameter.master();
            states.add(
                    new State(
                            parameter,
                            ops.zeros(master.dtype(), master.shape()),
                            ops.zeros(master.dtype(), master.shape())));
        }
    }

    List<State> states() {
        return states;
    }

    /** Norm of all gradients together, as they were accumulated. */
    double gradientNorm() {
        return Math.sqrt(
                ops.sumOfSquares(states.stream().map(s -> s.parameter().gradient()).toList()));
    }

    /**
     * Updates every parameter and clears its gradient.
     *
     * @param step from 1
     * @param clip factor on the gradients
     */
    void update(RunFile.TrainingSection t, long step, double learningRate, double clip) {
        for (State state : states) {
            boolean decays = state.parameter().master().shape().rank() > 1;
            AdamW constants =
                    new AdamW(
                            step,
                            learningRate,
                            t.beta1(),
                            t.beta2(),
                            t.eps(),
                            decays ? t.weightDecay() : 0,
                            clip);
            Tensor gradient = state.parameter().gradient();
            ops.adamW(constants, state.parameter().master(), gradient, state.m(), state.v());
            state.parameter().refresh(ops);
            ops.fill(gradient, 0);
        }
    }

    @Override
    public void close() {
        for (State state : states) {
            state.m().close();
            state.v().close();
        }
    }
}
