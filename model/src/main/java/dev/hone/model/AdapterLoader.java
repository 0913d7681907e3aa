package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the adapters of linear layers.
 *
 * @param made takes note of each parameter, which is to be given back should a later one fail
 */
record AdapterLoader(
        Ops ops, Adapter adapter, DType dtype, Training training, Consumer<Weight> made) {

    /** The adapter on this layer, null where it gets none. */
    @Nullable LowRank load(LinearModule module, Weight weight) {
        LoraSpec spec = adapter.spec();
        if (!spec.modules().contains(module.name())) {
            return null;
        }
        String path = module.path();
        LoraSpec.Size size = spec.size(path);
        Lora lora =
                new Lora(
                        factor(path + PeftAdapter.A, Shape.of(size.rank(), module.in())),
                        factor(path + PeftAdapter.B, Shape.of(module.out(), size.rank())),
                        size.scale(),
                        spec.dropout());
        return spec.dora() ? dora(path, weight, lora, module.out()) : lora;
    }

    private Parameter factor(String name, Shape shape) {
        return noted(Parameter.load(ops, adapter.weights(), name, shape, dtype, trained()));
    }

    private Training.Trained trained() {
        return training.adapter();
    }

    private Dora dora(String path, Weight weight, Lora lora, long out) {
        String name = path + ".lora_magnitude_vector";
        DType precise = dtype == DType.F64 ? DType.F64 : DType.F32;
        Parameter stored =
                adapter.fresh()
                        ? null
                        : noted(
                                Parameter.load(
                                        ops,
                                        adapter.weights(),
                                        name,
                                        Shape.of(out),
                                        precise,
                                        trained()));
        Tensor squares;
        Tensor norms;
        try (Scope scope = ops.scope()) {
            Tensor w = weight.open(ops);
            squares = scope.keep(ops.rowSquares(w));
            norms = scope.keep(Dora.norms(ops, w, squares, lora));
        }
        Parameter magnitude = stored != null ? stored : fresh(name, ops.cast(norms, norms.dtype()));
        boolean trains = trained().trainable();
        (trains ? norms : squares).close();
        Parameter rows =
                trains
                        ? Parameter.frozen(path + ".lora_row_squares", squares)
                        : Parameter.frozen(path + ".lora_row_norms", norms);
        return new Dora(lora, magnitude, noted(rows));
    }

    private Parameter fresh(String name, Tensor value) {
        return noted(
                trained().trainable()
                        ? Parameter.trained(ops, name, value, value.dtype(), trained())
                        : Parameter.frozen(name, value));
    }

    private Parameter noted(Parameter parameter) {
        made.accept(parameter);
        return parameter;
    }
}
