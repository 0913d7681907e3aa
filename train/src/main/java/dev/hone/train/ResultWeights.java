package dev.hone.train;

import dev.hone.model.Parameter;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The weights that would be the result if training ended now, in the place of those that train
 * until this is closed. Where weights train as they are, nothing happens.
 */
final class ResultWeights implements AutoCloseable {
    private final List<Runnable> putBack = new ArrayList<>();

    ResultWeights(Ops ops, Collection<Optimizer.State> states) {
        for (Optimizer.State state : states) {
            Parameter parameter = state.parameter();
            try (Scope scope = ops.scope()) {
                state.rule()
                        .result(ops, parameter.best(), state.tensors(), false)
                        .ifPresent(result -> replace(ops, scope, parameter, result));
            }
        }
    }

    private void replace(Ops ops, Scope scope, Parameter parameter, Tensor result) {
        Tensor value = parameter.value();
        if (value.dtype() != parameter.best().dtype()) {
            putBack.add(() -> parameter.refresh(ops));
        } else {
            Tensor kept = scope.keep(ops.cast(value, value.dtype()));
            putBack.add(() -> {
                ops.copy(kept, value);
                kept.close();
            });
        }
        ops.copy(result, value);
    }

    @Override
    public void close() {
        putBack.forEach(Runnable::run);
    }
}
