package dev.hone.tensor;

import java.util.List;

/**
 * A matrix in 8 bits by rows, as bitsandbytes stores the weights of LLM.int8 (Dettmers et al. 2022,
 * arXiv 2208.07339): an element is a whole number from −127 to 127, and its value is {@code
 * (element · absmax[row]) · STEP}, each product rounded to fp32.
 *
 * @param elements I8 [out, in]
 * @param absmax F32 [out]: the largest magnitude of each row
 */
public record Int8(Tensor elements, Tensor absmax) implements QuantizedMatrix {
    /** What an element of 1 is worth in a row whose largest magnitude is 1: 1/127 in fp32. */
    public static final float STEP = 1f / 127;

    public Int8 {
        if (elements.dtype() != DType.I8
                || elements.shape().rank() != 2
                || absmax.dtype() != DType.F32
                || !absmax.shape().equals(Shape.of(elements.dim(0)))) {
            throw new IllegalArgumentException(
                    "%s with %s: expected I8 [out, in] and F32 [out]".formatted(elements, absmax));
        }
    }

    @Override
    public Shape shape() {
        return elements.shape();
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(elements, absmax);
    }

    @Override
    public Int8 around(List<Tensor> tensors) {
        QuantizedMatrix.requireAlike(tensors(), tensors);
        return new Int8(tensors.get(0), tensors.get(1));
    }
}
