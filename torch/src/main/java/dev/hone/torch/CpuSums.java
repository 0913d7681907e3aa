package dev.hone.torch;

import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.broadcast;
import static dev.hone.torch.CpuVectors.exp;
import static dev.hone.torch.CpuVectors.load;
import static dev.hone.torch.CpuVectors.store;
import static dev.hone.torch.CpuVectors.zero;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Sums over rows of {@link CpuRows}, in four vectors at a time: enough to keep the adders busy, and
 * short sums in each lane. Padding counts, so it must be neutral.
 */
final class CpuSums {
    /** Bytes of a vector. */
    private static final long VECTOR = 4L * LANES;

    private CpuSums() {}

    /** Σ x². */
    static float squares(long x, int n) {
        return products(x, x, n);
    }

    /** Σ a·b. */
    static float products(long a, long b, int n) {
        FloatVector s0 = zero();
        FloatVector s1 = zero();
        FloatVector s2 = zero();
        FloatVector s3 = zero();
        for (int i = 0; i < n; i += CpuRows.GRANULE) {
            long p = a + 4L * i;
            long q = b + 4L * i;
            s0 = load(p).fma(load(q), s0);
            s1 = load(p + VECTOR).fma(load(q + VECTOR), s1);
            s2 = load(p + 2 * VECTOR).fma(load(q + 2 * VECTOR), s2);
            s3 = load(p + 3 * VECTOR).fma(load(q + 3 * VECTOR), s3);
        }
        return total(s0, s1, s2, s3);
    }

    /** Σ a·b·c. */
    static float products(long a, long b, long c, int n) {
        FloatVector s0 = zero();
        FloatVector s1 = zero();
        FloatVector s2 = zero();
        FloatVector s3 = zero();
        for (int i = 0; i < n; i += CpuRows.GRANULE) {
            long p = a + 4L * i;
            long q = b + 4L * i;
            long r = c + 4L * i;
            s0 = load(p).mul(load(q)).fma(load(r), s0);
            s1 = load(p + VECTOR).mul(load(q + VECTOR)).fma(load(r + VECTOR), s1);
            s2 = load(p + 2 * VECTOR).mul(load(q + 2 * VECTOR)).fma(load(r + 2 * VECTOR), s2);
            s3 = load(p + 3 * VECTOR).mul(load(q + 3 * VECTOR)).fma(load(r + 3 * VECTOR), s3);
        }
        return total(s0, s1, s2, s3);
    }

    /** The greatest element; NaN does not count. */
    static float max(long x, int n) {
        FloatVector m0 = broadcast(Float.NEGATIVE_INFINITY);
        FloatVector m1 = m0;
        FloatVector m2 = m0;
        FloatVector m3 = m0;
        for (int i = 0; i < n; i += CpuRows.GRANULE) {
            long p = x + 4L * i;
            m0 = greater(m0, load(p));
            m1 = greater(m1, load(p + VECTOR));
            m2 = greater(m2, load(p + 2 * VECTOR));
            m3 = greater(m3, load(p + 3 * VECTOR));
        }
        return greater(greater(m0, m1), greater(m2, m3)).reduceLanes(VectorOperators.MAX);
    }

    private static FloatVector greater(FloatVector a, FloatVector b) {
        return a.blend(b, b.compare(VectorOperators.GT, a));
    }

    /** Replaces x by exp(scale·x − max) and returns Σ of that. */
    static float exponentials(long x, int n, float scale, float max) {
        FloatVector factor = broadcast(scale);
        FloatVector shift = broadcast(-max);
        FloatVector sum = zero();
        int end = CpuRows.padded(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector e = exp(load(x + 4L * i).fma(factor, shift));
            store(e, x + 4L * i);
            sum = sum.add(e);
        }
        return CpuVectors.sum(sum);
    }

    /** x *= factor. */
    static void scale(long x, int n, float factor) {
        FloatVector by = broadcast(factor);
        for (int i = 0; i < n; i += LANES) {
            store(load(x + 4L * i).mul(by), x + 4L * i);
        }
    }

    static float total(FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3) {
        return CpuVectors.sum(s0.add(s1).add(s2.add(s3)));
    }

    /** into += a, for whole vectors. */
    static void add(long a, long into, int n) {
        for (int i = 0; i < n; i += LANES) {
            store(load(into + 4L * i).add(load(a + 4L * i)), into + 4L * i);
        }
    }
}
