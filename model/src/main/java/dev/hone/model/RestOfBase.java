package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;

/**
 * What is left of a base when the start of its adapter is taken away: W − s·B₀·A₀ for every matrix
 * that gets an adapter, computed in fp32 and rounded once; all other weights as they are.
 *
 * @param start gives A₀ and B₀
 */
public record RestOfBase(WeightSource base, Adapter start) implements WeightSource {
    private static final String SUFFIX = ".weight";

    @Override
    public Tensor load(Ops ops, String name, Shape shape, DType dtype) {
        String path = name.substring(0, Math.max(0, name.length() - SUFFIX.length()));
        if (!start.spec().modules().contains(path.substring(path.lastIndexOf('.') + 1))) {
            return base.load(ops, name, shape, dtype);
        }
        LoraSpec.Size size = start.spec().size(path);
        DType precise = dtype == DType.F64 ? DType.F64 : DType.F32;
        try (Scope scope = ops.scope()) {
            Tensor w = base.load(ops, name, shape, precise);
            Tensor a =
                    start.weights()
                            .load(
                                    ops,
                                    path + PeftAdapter.A,
                                    Shape.of(size.rank(), shape.dim(1)),
                                    precise);
            Tensor b =
                    start.weights()
                            .load(
                                    ops,
                                    path + PeftAdapter.B,
                                    Shape.of(shape.dim(0), size.rank()),
                                    precise);
            ops.linearBackwardInto(w, b, a, -size.scale()); // W − s·B·A
            return scope.keep(dtype == precise ? w : ops.cast(w, dtype));
        }
    }

    @Override
    public boolean inFull(String name) {
        return base.inFull(name);
    }
}
