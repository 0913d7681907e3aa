package dev.hone.model;

import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A frozen matrix that is on the device only while its layer is. */
final class StreamedWeight implements Weight {
    private final Weight elsewhere;
    private @Nullable Weight here;

    /**
     * @param elsewhere the matrix, whose tensors may be closed: it tells dtypes and shapes
     */
    StreamedWeight(Weight elsewhere) {
        this.elsewhere = elsewhere;
    }

    @Override
    public List<Tensor> tensors() {
        return elsewhere.tensors();
    }

    @Override
    public Weight around(List<Tensor> tensors) {
        return new StreamedWeight(elsewhere.around(tensors));
    }

    /** From now on the matrix is in these tensors, which stay their owner's. */
    void attach(List<Tensor> tensors) {
        here = elsewhere.around(tensors);
    }

    void detach() {
        here = null;
    }

    @Override
    public Tensor open(Ops ops) {
        if (here == null) {
            throw new IllegalStateException("the weights of this layer are not on the device");
        }
        return here.open(ops);
    }

    @Override
    public boolean trainable() {
        return false;
    }

    @Override
    public void close() {
        detach();
    }
}
