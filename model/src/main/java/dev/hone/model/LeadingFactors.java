package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;

/**
 * The best approximation of a matrix W [out, in] by s·B·A of rank R, from its leading singular
 * vectors: W ≈ U·Σ·Vᵀ, A = √(Σ/s)·Vᵀ, B = U·√(Σ/s).
 *
 * <p>They are found by subspace iteration on a random start (Halko, Martinsson and Tropp 2011,
 * arXiv 0909.4061, algorithms 4.4 and 5.1) with twice as many vectors as are wanted, at least 16
 * more. That is 18 products of W with so many rows, 7·10¹⁰ FLOPs for rank 16 of 4096 × 14336, and
 * all that is put beside W on the device are some times so many rows. The complete decomposition
 * takes 6·in·out² + 20·out³, 3·10¹² (Golub and Van Loan, Matrix Computations, section 8.6), a good
 * part of them in products of a matrix with a vector, and libtorch's needs room for several
 * matrices of W's size that no account would show. Between the products only matrices of twice R
 * rows are factored, on the host in fp64.
 *
 * <p>How much is missed depends on how fast the singular values fall. Where they hardly do, as for
 * the rounding of a quantized matrix, a few percent of what R vectors can hold at all; where they
 * do, as in the matrices of models, far below one.
 *
 * @param a [R, in]
 * @param b [out, R]
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never copied or compared
record LeadingFactors(float[] a, float[] b) {
    private static final int ITERATIONS = 8;
    private static final int LEAST_MORE = 16;

    /** A singular value below this share of the largest is rounding. */
    private static final double LEAST_SHARE = 1e-6;

    /**
     * @param w fp32
     * @param rank at most the smaller side of w
     * @param scale s
     * @param seed of the random start
     */
    static LeadingFactors of(Ops ops, Tensor w, int rank, double scale, long seed) {
        long out = w.dim(0);
        long in = w.dim(1);
        int rows =
                Math.toIntExact(
                        Math.min(rank + (long) Math.max(rank, LEAST_MORE), Math.min(out, in)));
        try (Scope _ = ops.scope()) {
            Tensor left = start(ops, w, rows, seed); // [rows, out]
            for (int i = 0; i < ITERATIONS; i++) {
                Tensor before = left;
                left = next(ops, w, before);
                before.close();
            }
            Tensor right = ops.linearBackward(left, w); // [rows, in]
            SmallMatrices.Eigen squares =
                    SmallMatrices.eigen(ops.floats(ops.linear(right, right)), rows);
            // Combined by an eigenvector, left gives u and right gives σ·v.
            float[] a = combined(ops, squares, right, rank, s -> 1 / Math.sqrt(scale * s));
            float[] b = combined(ops, squares, left, rank, s -> Math.sqrt(s / scale));
            return new LeadingFactors(a, transposed(b, rank));
        }
    }

    private static Tensor start(Ops ops, Tensor w, int rows, long seed) {
        try (Scope scope = ops.scope()) {
            Tensor random = ops.normal(DType.F32, Shape.of(rows, w.dim(1)), 1, seed);
            return scope.keep(orthonormal(ops, ops.linear(random, w)));
        }
    }

    /** One iteration: [rows, out] over W and back. */
    private static Tensor next(Ops ops, Tensor w, Tensor left) {
        try (Scope scope = ops.scope()) {
            Tensor right = orthonormal(ops, ops.linearBackward(left, w)); // [rows, in]
            // A second time for what fp32 left of the first.
            Tensor once = orthonormal(ops, ops.linear(right, w));
            return scope.keep(orthonormal(ops, once));
        }
    }

    /** Rows that span the same and are orthonormal. */
    private static Tensor orthonormal(Ops ops, Tensor rows) {
        int n = Math.toIntExact(rows.dim(0));
        try (Scope scope = ops.scope()) {
            float[] gram = ops.floats(ops.linear(rows, rows));
            Tensor turn = ops.ofFloats(SmallMatrices.orthonormalizing(gram, n), n, n);
            return scope.keep(ops.linearBackward(turn, rows));
        }
    }

    /**
     * The rows combined by each of the first eigenvectors, times a factor of its singular value.
     */
    private static float[] combined(
            Ops ops,
            SmallMatrices.Eigen squares,
            Tensor rows,
            int rank,
            DoubleUnaryOperator factor) {
        int n = Math.toIntExact(rows.dim(0));
        double least = LEAST_SHARE * Math.sqrt(Math.max(0, squares.values()[0]));
        float[] turn = new float[rank * n];
        for (int j = 0; j < rank; j++) {
            double singular = Math.sqrt(Math.max(0, squares.values()[j]));
            double by = singular > least ? factor.applyAsDouble(singular) : 0;
            for (int i = 0; i < n; i++) {
                turn[j * n + i] = (float) (by * squares.vectors()[j * n + i]);
            }
        }
        try (Scope _ = ops.scope()) {
            return ops.floats(ops.linearBackward(ops.ofFloats(turn, rank, n), rows));
        }
    }

    private static float[] transposed(float[] rows, int rank) {
        int width = rows.length / rank;
        float[] turned = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            turned[i % width * rank + i / width] = rows[i];
        }
        return turned;
    }
}
