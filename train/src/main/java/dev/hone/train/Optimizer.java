package dev.hone.train;

import dev.hone.model.Parameter;
import dev.hone.model.ParameterRole;
import dev.hone.tensor.Ops;
import dev.hone.tensor.RandomBits;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.UpdateSlot;
import dev.hone.tensor.UpdateStep;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's trainable parameters with what their optimizer keeps of each. Biases and norms do not
 * decay.
 */
final class Optimizer implements AutoCloseable {
    private final Ops ops;
    private final OptimizerSection settings;
    private final long seed;
    private final long warmup;
    private final Map<Parameter, State> states = new LinkedHashMap<>();
    private boolean finished;

    /**
     * A parameter with the states of its rule.
     *
     * @param tensors by name
     * @param firstRun where its elements begin among those of all parameters, for random bits
     */
    record State(
            Parameter parameter, OptimizerRule rule, Map<String, Tensor> tensors, long firstRun) {}

    /**
     * @param seed of the random bits that updates without masters are rounded by
     * @param warmup steps in which the learning rate rises
     */
    Optimizer(
            Ops ops,
            List<Parameter> parameters,
            OptimizerSection settings,
            long seed,
            long warmup) {
        this.ops = ops;
        this.settings = settings;
        this.seed = seed;
        this.warmup = warmup;
        long run = 0;
        for (Parameter parameter : parameters) {
            Tensor weight = parameter.best();
            OptimizerRule rule = settings.rule().of(parameter.role(), weight.shape());
            Map<String, Tensor> tensors = rule.states(ops, weight);
            states.put(parameter, new State(parameter, rule, tensors, run));
            run += Math.ceilDiv(weight.elements(), RandomBits.RUN);
        }
    }

    /** What a run file calls it. */
    String name() {
        return settings.rule().name();
    }

    /** Everything of a parameter, in the model's order. */
    Collection<State> states() {
        return states.values();
    }

    /** Norm of all gradients together, as they were accumulated. */
    double gradientNorm() {
        return Math.sqrt(
                ops.sumOfSquares(states.keySet().stream().map(Parameter::gradient).toList()));
    }

    /**
     * Updates every parameter and clears its gradient.
     *
     * @param step from 1
     * @param clip factor on the gradients
     */
    void update(long step, double learningRate, double clip) {
        update(states.keySet(), step, learningRate, clip);
    }

    /** The same for some of the parameters. */
    void update(Collection<Parameter> some, long step, double learningRate, double clip) {
        UpdateStep constants = new UpdateStep(step, learningRate, clip, RandomBits.key(seed, step));
        Map<OptimizerRule, List<UpdateSlot>> slots = new LinkedHashMap<>();
        for (Parameter parameter : some) {
            State state = state(parameter);
            slots.computeIfAbsent(state.rule(), _ -> new ArrayList<>()).add(slot(state));
        }
        slots.forEach((rule, all) -> ops.update(rule.at(constants, warmup), all));
    }

    private State state(Parameter parameter) {
        State state = states.get(parameter);
        if (state == null) {
            throw new IllegalArgumentException(
                    "parameter '%s' is not this optimizer's".formatted(parameter.name()));
        }
        return state;
    }

    private UpdateSlot slot(State state) {
        Parameter parameter = state.parameter();
        boolean decays = parameter.value().shape().rank() > 1;
        return new UpdateSlot(
                parameter.masterOrNull(),
                parameter.value(),
                parameter.gradient(),
                List.copyOf(state.tensors().values()),
                parameter.role() == ParameterRole.ADAPTER_B ? settings.loraPlusRatio() : 1,
                decays ? settings.weightDecay() : 0,
                state.firstRun());
    }

    /** Until it is closed, weights are what the result would be if training ended now. */
    ResultWeights result() {
        return new ResultWeights(ops, finished ? List.of() : states.values());
    }

    /** Turns the weights into the result of training, which ends with this. */
    void finish() {
        for (State state : states.values()) {
            Tensor best = state.parameter().best();
            state.rule()
                    .result(ops, best, state.tensors(), true)
                    .ifPresent(result -> ops.copy(result, best));
            state.parameter().refresh(ops);
        }
        finished = true;
    }

    @Override
    public void close() {
        states.values().forEach(state -> state.tensors().values().forEach(Tensor::close));
    }
}
