package dev.hone.model;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Symmetric matrices of some tens to hundreds of rows, in fp64 on the host, row-major. */
final class SmallMatrices {
    /**
     * The least share of a row's square that the rows before it do not explain. What is less is
     * rounding of the fp32 products that the matrix holds.
     */
    private static final double LEAST_SHARE = 1e-5;

    private static final int MOST_SWEEPS = 40;

    private SmallMatrices() {}

    /**
     * T with T·G·Tᵀ = 1: the inverse of G's Cholesky factor, so that the rows of T·Y are
     * orthonormal for G = Y·Yᵀ. A row of Y that those before it explain becomes zero.
     */
    static float[] orthonormalizing(float[] gram, int n) {
        double[] norms = new double[n];
        for (int i = 0; i < n; i++) {
            norms[i] = Math.sqrt(Math.max(0, gram[i * n + i]));
        }
        double[] inverse = inverse(cholesky(gram, norms, n), n);
        float[] result = new float[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i && inverse[i * n + i] > 0; j++) {
                result[i * n + j] = norms[j] == 0 ? 0 : (float) (inverse[i * n + j] / norms[j]);
            }
        }
        return result;
    }

    /**
     * The lower factor of G with every row and column divided by its norm; all of a row that is
     * explained is zero, and its column.
     */
    private static double[] cholesky(float[] gram, double[] norms, int n) {
        double[] l = new double[n * n];
        for (int i = 0; i < n; i++) {
            if (norms[i] == 0) {
                continue;
            }
            double left = 1;
            for (int j = 0; j < i; j++) {
                if (l[j * n + j] == 0) {
                    continue;
                }
                double sum = gram[i * n + j] / (norms[i] * norms[j]);
                for (int k = 0; k < j; k++) {
                    sum -= l[i * n + k] * l[j * n + k];
                }
                l[i * n + j] = sum / l[j * n + j];
                left -= l[i * n + j] * l[i * n + j];
            }
            if (left > LEAST_SHARE) {
                l[i * n + i] = Math.sqrt(left);
            } else {
                Arrays.fill(l, i * n, i * n + n, 0);
            }
        }
        return l;
    }

    /** The inverse of a lower triangle, with zeros where it has rows of zeros. */
    private static double[] inverse(double[] l, int n) {
        double[] inverse = new double[n * n];
        for (int j = 0; j < n; j++) {
            if (l[j * n + j] == 0) {
                continue;
            }
            inverse[j * n + j] = 1 / l[j * n + j];
            for (int i = j + 1; i < n; i++) {
                if (l[i * n + i] == 0) {
                    continue;
                }
                double sum = 0;
                for (int k = j; k < i; k++) {
                    sum -= l[i * n + k] * inverse[k * n + j];
                }
                inverse[i * n + j] = sum / l[i * n + i];
            }
        }
        return inverse;
    }

    /**
     * Eigenvalues, the largest first, and their vectors.
     *
     * @param vectors row j belongs to value j
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never copied or compared
    record Eigen(double[] values, double[] vectors) {}

    /** By Jacobi's rotations (Golub and Van Loan, Matrix Computations, section 8.5). */
    static Eigen eigen(float[] symmetric, int n) {
        double[] a = new double[n * n];
        Arrays.setAll(a, i -> symmetric[i]);
        double[] v = new double[n * n];
        for (int i = 0; i < n; i++) {
            v[i * n + i] = 1;
        }
        double total = Arrays.stream(a).map(x -> x * x).sum();
        for (int sweep = 0; sweep < MOST_SWEEPS && beside(a, n) > 1e-26 * total; sweep++) {
            for (int p = 0; p < n; p++) {
                for (int q = p + 1; q < n; q++) {
                    rotate(a, v, n, p, q);
                }
            }
        }
        Integer[] order = IntStream.range(0, n).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble(i -> -a[i * n + i]));
        double[] values = new double[n];
        double[] vectors = new double[n * n];
        for (int j = 0; j < n; j++) {
            values[j] = a[order[j] * n + order[j]];
            System.arraycopy(v, order[j] * n, vectors, j * n, n);
        }
        return new Eigen(values, vectors);
    }

    /** Sum of squares beside the diagonal. */
    private static double beside(double[] a, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                sum += 2 * a[i * n + j] * a[i * n + j];
            }
        }
        return sum;
    }

    /** Turns p and q so that what stands between them becomes zero; rows of v turn along. */
    private static void rotate(double[] a, double[] v, int n, int p, int q) {
        double between = a[p * n + q];
        if (between == 0) {
            return;
        }
        double theta = (a[q * n + q] - a[p * n + p]) / (2 * between);
        double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(theta, 1));
        double cos = 1 / Math.hypot(t, 1);
        double sin = t * cos;
        for (int k = 0; k < n; k++) {
            double kp = a[k * n + p];
            double kq = a[k * n + q];
            a[k * n + p] = cos * kp - sin * kq;
            a[k * n + q] = sin * kp + cos * kq;
        }
        for (int k = 0; k < n; k++) {
            double pk = a[p * n + k];
            double qk = a[q * n + k];
            a[p * n + k] = cos * pk - sin * qk;
            a[q * n + k] = sin * pk + cos * qk;
            double vp = v[p * n + k];
            double vq = v[q * n + k];
            v[p * n + k] = cos * vp - sin * vq;
            v[q * n + k] = sin * vp + cos * vq;
        }
    }
}
