package dev.hone.tensor;

import java.util.List;
import java.util.stream.Stream;

/**
 * A matrix in 4-bit NormalFloat (Dettmers et al. 2023, arXiv 2305.14314), as bitsandbytes stores
 * it: {@value #BLOCK} consecutive elements of the row-major matrix share a scale, and an element is
 * the index of one of 16 codes. An element's value is its code times its block's scale, in fp32.
 *
 * @param shape of the matrix; its elements fill whole blocks
 * @param packed U8 [elements/2]: two indices a byte, the first in the high four bits
 */
public record Nf4(Shape shape, Tensor packed, Scales scales) implements QuantizedMatrix {
    /** Elements that share a scale. */
    public static final int BLOCK = 64;

    /** Scales that share a scale of their own in double quantization. */
    public static final int SCALE_BLOCK = 256;

    /** The 16 values an element may have, by index: quantiles of the normal distribution. */
    private static final float[] CODES = {
        -1.0f,
        -0.6961928f,
        -0.52507305f,
        -0.3949175f,
        -0.28444138f,
        -0.18477343f,
        -0.091050036f,
        0.0f,
        0.0795803f,
        0.1609302f,
        0.2461123f,
        0.33791524f,
        0.44070983f,
        0.562617f,
        0.72295684f,
        1.0f
    };

    public Nf4 {
        if (shape.elements() % BLOCK != 0 || packed.elements() * 2 != shape.elements()) {
            throw new IllegalArgumentException(
                    "%s in %s: expected two elements a byte and a multiple of %d elements"
                            .formatted(shape, packed, BLOCK));
        }
    }

    /** Largest magnitude of each block's elements. */
    public sealed interface Scales {

        /** All that they are made of, always in the same order. */
        List<Tensor> tensors();

        /**
         * As numbers.
         *
         * @param absmax F32 [blocks]
         */
        record Plain(Tensor absmax) implements Scales {
            @Override
            public List<Tensor> tensors() {
                return List.of(absmax);
            }
        }

        /**
         * In 8 bits (double quantization): scale i is {@code map[codes[i]] · nested[i / 256] +
         * offset}, each operation rounded to fp32.
         *
         * @param codes U8 [blocks]
         * @param nested F32 [blocks/256, rounded up]
         * @param map F32 [256]
         */
        record Quantized(Tensor codes, Tensor nested, Tensor map, float offset) implements Scales {
            @Override
            public List<Tensor> tensors() {
                return List.of(codes, nested, map);
            }
        }
    }

    /** Number of scales. */
    public long blocks() {
        return shape.elements() / BLOCK;
    }

    /** The value of index {@code i}, from 0 to 15, of a block whose scale is 1. */
    public static float code(int i) {
        return CODES[i];
    }

    /** The packed elements, then the scales'. */
    @Override
    public List<Tensor> tensors() {
        return Stream.concat(Stream.of(packed), scales.tensors().stream()).toList();
    }

    @Override
    public Nf4 around(List<Tensor> tensors) {
        QuantizedMatrix.requireAlike(tensors(), tensors);
        return new Nf4(
                shape,
                tensors.get(0),
                switch (scales) {
                    case Scales.Plain _ -> new Scales.Plain(tensors.get(1));
                    case Scales.Quantized(_, _, _, float offset) ->
                            new Scales.Quantized(
                                    tensors.get(1), tensors.get(2), tensors.get(3), offset);
                });
    }
}
