package dev.hone.torch;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.AbstractTensor;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch's autograd in fp64, the oracle that gradients written by hand are compared with. Its
 * tensors live until the surrounding {@link org.bytedeco.javacpp.PointerScope} closes.
 */
final class Autograd {
    private Autograd() {}

    /** A tensor that asks for its gradient. */
    static Tensor leaf(double[] values, long... dims) {
        return constant(values, dims).requires_grad_(true);
    }

    static Tensor constant(double[] values, long... dims) {
        return AbstractTensor.create(values, dims);
    }

    static Tensor indices(int[] values) {
        long[] wide = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return AbstractTensor.create(wide, values.length);
    }

    static Scalar scalar(double value) {
        return new Scalar(value);
    }

    static Tensor concatenate(int axis, List<Tensor> parts) {
        return torch.cat(new TensorVector(parts.toArray(new Tensor[0])), axis);
    }

    /** Σ out·dOut differentiated by each leaf. */
    static List<double[]> gradients(Tensor out, double[] dOut, Tensor... leaves) {
        out.backward(
                constant(dOut, out.numel()).view_as(out),
                new BoolOptional(),
                false,
                new TensorArrayRefOptional());
        List<double[]> gradients = new ArrayList<>();
        for (Tensor leaf : leaves) {
            gradients.add(values(new Tensor(leaf.grad())));
        }
        return gradients;
    }

    static double[] values(Tensor tensor) {
        Tensor flat = tensor.detach().contiguous();
        double[] values = new double[Math.toIntExact(flat.numel())];
        new DoublePointer(flat.data_ptr()).get(values);
        return values;
    }
}
