package dev.hone.tensor;

/**
 * Norms of the rows of a matrix with a low-rank one added, V = W + s·B·A, as DoRA divides by (Liu
 * et al. 2024, arXiv 2402.09353).
 *
 * <p>V is never formed. Row by row,
 *
 * <pre>
 * |Vᵢ|² = |Wᵢ|² + Bᵢ · (2s·Wᵢ·Aᵀ + s²·Bᵢ·A·Aᵀ)
 * </pre>
 *
 * where |Wᵢ|² is found once, W being frozen. What is left needs W·Aᵀ [out, R], which is the work of
 * R tokens on the bare layer and wants W as the layer itself opens it, and the small A·Aᵀ [R, R];
 * all temporaries have R rows or R columns. Formed, V would be a second matrix of W's size in fp32,
 * written and read once more at every pass.
 *
 * <p>Sums of products run in fp32 (fp64 for fp64) whatever the dtype of W, but for W·Aᵀ, which is a
 * product in W's dtype: its rounding counts only as far as |Vᵢ|² differs from |Wᵢ|².
 */
final class AdaptedNorms {
    /** Most bytes of a matrix that are looked at in one go, for the temporaries that may cost. */
    private static final long BLOCK_BYTES = 8L << 20;

    /** A row of zeros has this square, so that nothing is divided by zero. */
    private static final double LEAST_SQUARE = 1e-30;

    private final Primitives p;
    private final Kernels kernels;

    AdaptedNorms(Primitives p, Kernels kernels) {
        this.p = p;
        this.kernels = kernels;
    }

    Tensor squares(Tensor matrix) {
        long rows = matrix.dim(0);
        Tensor squares = p.empty(ComposedKernels.compute(matrix), Shape.of(rows));
        long step = Math.max(1, BLOCK_BYTES / (matrix.dim(1) * matrix.dtype().bytes()));
        for (long from = 0; from < rows; from += step) {
            try (Scope _ = p.scopes().open()) {
                long to = Math.min(rows, from + step);
                Tensor block = p.slice(matrix, 0, from, to);
                kernels.rowDots(block, block, p.slice(squares, 0, from, to));
            }
        }
        return squares;
    }

    Tensor of(Tensor weight, Tensor squares, Tensor a, Tensor b, double scale) {
        Tensor norms = p.empty(squares.dtype(), squares.shape());
        try (Scope _ = p.scopes().open()) {
            DType wide = squares.dtype();
            Tensor sums = wide(p.matmul(weight, p.permute(a, 1, 0)), wide); // [out, R]
            Tensor wideA = wide(a, wide);
            Tensor wideB = wide(b, wide);
            Tensor gram = p.matmul(wideA, p.permute(wideA, 1, 0)); // [R, R]
            p.affineInPlace(sums, 2 * scale, 0);
            p.matmulInto(sums, wideB, gram, 1, scale * scale);
            kernels.rowDots(wideB, sums, norms);
        }
        p.addInPlace(norms, squares, 1);
        p.affineInPlace(norms, 1, LEAST_SQUARE);
        p.sqrtInPlace(norms);
        return norms;
    }

    private Tensor wide(Tensor tensor, DType dtype) {
        return tensor.dtype() == dtype ? tensor : p.cast(tensor, dtype);
    }
}
