package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.tensor.DType;
import dev.hone.tensor.RandomBits;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each primitive against a plain Java loop over the same numbers. */
@Tag("unit")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TorchPrimitivesTest {
    private final SplittableRandom random = new SplittableRandom(77);
    private TorchPrimitives p;
    private Scope scope;

    @BeforeAll
    void open() {
        TorchRuntime.load();
        TorchRuntime.useThreads(1);
        p = new TorchPrimitives();
    }

    @AfterAll
    void close() {
        p.close();
    }

    @BeforeEach
    void openScope() {
        scope = p.scopes().open();
    }

    @AfterEach
    void closeScope() {
        scope.close();
        assertThat(p.memory().liveTensors()).isZero();
        assertThat(p.memory().liveBytes()).isZero();
    }

    /** The dtypes that models compute in. */
    enum Type {
        F32(DType.F32, 1e-6),
        BF16(DType.BF16, 1.0 / 128);

        private final DType dtype;
        private final double tolerance;

        Type(DType dtype, double tolerance) {
            this.dtype = dtype;
            this.tolerance = tolerance;
        }
    }

    private float[] normal(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            // Numbers that bf16 holds exactly, so both sides start from the same.
            values[i] = Math.round(random.nextGaussian() * 32) / 32f;
        }
        return values;
    }

    private Tensor tensor(DType dtype, float[] values, long... dims) {
        return p.cast(p.upload(MemorySegment.ofArray(values), DType.F32, Shape.of(dims)), dtype);
    }

    private Tensor index(long... values) {
        return p.upload(MemorySegment.ofArray(values), DType.I64, Shape.of(values.length));
    }

    private float[] read(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.elements())];
        p.download(p.cast(tensor, DType.F32), MemorySegment.ofArray(values));
        return values;
    }

    private void same(Tensor found, Type type, double... expected) {
        assertThat(found.dtype()).isEqualTo(type.dtype);
        same(read(found), type.tolerance, expected);
    }

    private static void same(float[] found, double tolerance, double... expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            boolean close =
                    Double.isInfinite(expected[i])
                            ? found[i] == expected[i]
                            : Math.abs(found[i] - expected[i])
                                    <= tolerance * Math.max(1, Math.abs(expected[i]));
            if (!close) {
                throw new AssertionError(
                        "entry %d is %s, expected %s".formatted(i, found[i], expected[i]));
            }
        }
    }

    private static double[] map(float[] a, DoubleUnaryOperator f) {
        double[] out = new double[a.length];
        Arrays.setAll(out, i -> f.applyAsDouble(a[i]));
        return out;
    }

    /** Elementwise over [rows, columns] where either operand may be a row or a column. */
    private static double[] map(
            float[] a, float[] b, int rows, int columns, DoubleBinaryOperator f) {
        double[] out = new double[rows * columns];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                out[r * columns + c] =
                        f.applyAsDouble(at(a, r, c, rows, columns), at(b, r, c, rows, columns));
            }
        }
        return out;
    }

    private static float at(float[] a, int r, int c, int rows, int columns) {
        if (a.length == rows * columns) {
            return a[r * columns + c];
        }
        return a.length == columns ? a[c] : a[r];
    }

    @ParameterizedTest
    @EnumSource
    void functionsOfOneTensor(Type type) {
        float[] a = normal(35);
        float[] positive = new float[35];
        for (int i = 0; i < 35; i++) {
            positive[i] = Math.abs(a[i]) + 0.5f;
        }
        Tensor x = tensor(type.dtype, a, 5, 7);
        Tensor y = tensor(type.dtype, positive, 5, 7);
        float[] rounded = read(y);
        same(p.exp(x), type, map(a, Math::exp));
        same(p.log(y), type, map(rounded, Math::log));
        same(p.rsqrt(y), type, map(rounded, v -> 1 / Math.sqrt(v)));
        same(p.sigmoid(x), type, map(a, v -> 1 / (1 + Math.exp(-v))));
        same(p.tanh(x), type, map(a, Math::tanh));
        p.sqrtInPlace(y);
        same(y, type, map(rounded, Math::sqrt));
        p.affineInPlace(x, -2, 3);
        same(x, type, map(a, v -> 3 - 2 * v));
        float[] moved = read(x);
        p.clampMinInPlace(x, 2.5);
        same(x, type, map(moved, v -> Math.max(v, 2.5)));
        p.affineInPlace(x, 1, -3);
        float[] about = read(x);
        p.signInPlace(x);
        same(x, type, map(about, Math::signum));
    }

    @ParameterizedTest
    @EnumSource
    void functionsOfTwoTensorsBroadcast(Type type) {
        float[] a = normal(12);
        float[] row = normal(4);
        float[] column = normal(3);
        Tensor x = tensor(type.dtype, a, 3, 4);
        Tensor r = tensor(type.dtype, row, 1, 4);
        Tensor c = tensor(type.dtype, column, 3, 1);
        same(p.add(x, r), type, map(a, row, 3, 4, Double::sum));
        same(p.sub(c, x), type, map(column, a, 3, 4, (u, v) -> u - v));
        same(p.mul(x, x), type, map(a, a, 3, 4, (u, v) -> u * v));
        same(p.mul(c, r), type, map(column, row, 3, 4, (u, v) -> u * v));
        p.mulInPlace(x, c);
        same(x, type, map(a, column, 3, 4, (u, v) -> u * v));
        float[] product = read(x);
        p.addInPlace(x, r, -0.5);
        same(x, type, map(product, row, 3, 4, (u, v) -> u - 0.5 * v));
        float[] sum = read(x);
        Tensor divisor = tensor(type.dtype, new float[] {2, -4, 0.5f}, 3, 1);
        p.divInPlace(x, divisor);
        same(x, type, map(sum, new float[] {2, -4, 0.5f}, 3, 4, (u, v) -> u / v));
    }

    @ParameterizedTest
    @CsvSource({"F32, BF16", "BF16, F32", "F64, F32", "F32, F64", "F64, BF16", "BF16, F64"})
    void sumsAcrossDtypesAreTakenInTheWiderOne(DType into, DType from) {
        int rows = 300;
        int columns = 700; // more elements than one slab holds
        float[] a = normal(rows * columns);
        float[] b = normal(rows * columns);
        float[] row = normal(columns);
        Tensor x = tensor(into, a, rows, columns);
        double tolerance = into == DType.BF16 ? Type.BF16.tolerance : Type.F32.tolerance;
        p.addInPlace(x, tensor(from, b, rows, columns), 0.25);
        same(read(x), tolerance, map(a, b, rows, columns, (u, v) -> u + 0.25 * v));
        float[] once = read(x);
        p.addInPlace(x, tensor(from, row, 1, columns), 2);
        same(read(x), tolerance, map(once, row, rows, columns, (u, v) -> u + 2 * v));
    }

    @Test
    void sumsAcrossDtypesReachIntoViews() {
        float[] a = normal(3 * 500 * 100);
        float[] b = normal(100 * 500 * 2);
        Tensor x = tensor(DType.F32, a, 3, 500, 100);
        Tensor part = p.slice(x, 0, 1, 3);
        Tensor y = tensor(DType.BF16, b, 100, 500, 2);
        p.addInPlace(part, p.permute(y, 2, 1, 0), 1);
        double[] expected = map(a, v -> v);
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 500; j++) {
                for (int k = 0; k < 100; k++) {
                    expected[((i + 1) * 500 + j) * 100 + k] += b[(k * 500 + j) * 2 + i];
                }
            }
        }
        same(x, Type.F32, expected);
    }

    @ParameterizedTest
    @EnumSource
    void sumAndMaximumKeepTheirAxis(Type type) {
        float[] a = normal(24);
        Tensor x = tensor(type.dtype, a, 2, 3, 4);
        Tensor sums = p.sum(x, -1);
        Tensor maxima = p.max(x, 0);
        assertThat(sums.shape()).isEqualTo(Shape.of(2, 3, 1));
        assertThat(maxima.shape()).isEqualTo(Shape.of(1, 3, 4));
        double[] sum = new double[6];
        double[] max = new double[12];
        Arrays.fill(max, Double.NEGATIVE_INFINITY);
        for (int i = 0; i < 24; i++) {
            sum[i / 4] += a[i];
            max[i % 12] = Math.max(max[i % 12], a[i]);
        }
        same(sums, type, sum);
        same(maxima, type, max);
    }

    @ParameterizedTest
    @CsvSource({
        "-9223372036854775808, 0",
        "-9223372036854775808, 4",
        "-2, 1",
        "0, 3",
        "-9, -1",
        "2, 2",
        "-9223372036854775808, -4"
    })
    void fillOutsideBandLeavesTheBandAlone(long low, long high) {
        float[] a = normal(2 * 4 * 6);
        Tensor x = tensor(DType.F32, a, 2, 4, 6);
        p.fillOutsideBand(x, low, high, Double.NEGATIVE_INFINITY);
        double[] expected = map(a, v -> v);
        for (int i = 0; i < expected.length; i++) {
            int distance = i % 6 - i / 6 % 4;
            if (distance <= low || distance > high) {
                expected[i] = Double.NEGATIVE_INFINITY;
            }
        }
        same(x, Type.F32, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "F32, 5, 7, 3",
        "F32, 1, 64, 33",
        "F32, 130, 70, 90",
        "BF16, 5, 7, 3",
        "BF16, 1, 64, 33",
        "BF16, 130, 70, 90"
    })
    void productsTakeTransposedAndSlicedViews(Type type, int m, int k, int n) {
        float[] a = normal(m * k);
        float[] b = normal(k * n);
        double[] expected = product(a, b, m, k, n);
        Tensor x = tensor(type.dtype, a, m, k);
        Tensor y = tensor(type.dtype, b, k, n);
        Tensor xT = tensor(type.dtype, transposed(a, m, k), k, m);
        Tensor yT = tensor(type.dtype, transposed(b, k, n), n, k);
        same(p.matmul(x, y), type, expected);
        same(p.matmul(x, p.permute(yT, 1, 0)), type, expected);
        same(p.matmul(p.permute(xT, 1, 0), y), type, expected);
        same(p.matmul(p.permute(xT, 1, 0), p.permute(yT, 1, 0)), type, expected);
        Tensor wide = p.full(type.dtype, Shape.of(m, k + 9), 5);
        p.copy(x, p.slice(wide, 1, 4, 4 + k));
        same(p.matmul(p.slice(wide, 1, 4, 4 + k), y), type, expected);

        float[] c = normal(m * n);
        Tensor into = tensor(type.dtype, c, m, n);
        p.matmulInto(into, x, p.permute(yT, 1, 0), 0.5, 2);
        double[] sum = new double[m * n];
        Arrays.setAll(sum, i -> 0.5 * c[i] + 2 * expected[i]);
        same(into, type, sum);
        Tensor undefined = p.full(type.dtype, Shape.of(m + 2, n), Double.NaN);
        p.matmulInto(p.slice(undefined, 0, 1, m + 1), x, y, 0, 1);
        same(p.slice(undefined, 0, 1, m + 1), type, expected);
    }

    @ParameterizedTest
    @CsvSource({"F32, 5, 7, 3", "BF16, 5, 7, 3", "BF16, 40, 32, 50"})
    void productsOfBatches(Type type, int m, int k, int n) {
        float[] a = normal(2 * m * k);
        float[] b = normal(2 * k * n);
        double[] expected = new double[2 * m * n];
        float[] bT = new float[2 * k * n];
        for (int i = 0; i < 2; i++) {
            float[] left = Arrays.copyOfRange(a, i * m * k, (i + 1) * m * k);
            float[] right = Arrays.copyOfRange(b, i * k * n, (i + 1) * k * n);
            System.arraycopy(product(left, right, m, k, n), 0, expected, i * m * n, m * n);
            System.arraycopy(transposed(right, k, n), 0, bT, i * k * n, k * n);
        }
        Tensor x = tensor(type.dtype, a, 2, m, k);
        Tensor y = tensor(type.dtype, b, 2, k, n);
        Tensor yT = p.permute(tensor(type.dtype, bT, 2, n, k), 0, 2, 1);
        same(p.matmul(x, y), type, expected);
        same(p.matmul(x, yT), type, expected);
        Tensor into = p.full(type.dtype, Shape.of(2, m, n), 1);
        p.matmulInto(into, x, yT, 1, 0.5);
        same(into, type, Arrays.stream(expected).map(v -> 1 + 0.5 * v).toArray());
    }

    private static double[] product(float[] a, float[] b, int m, int k, int n) {
        double[] out = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int l = 0; l < k; l++) {
                    out[i * n + j] += (double) a[i * k + l] * b[l * n + j];
                }
            }
        }
        return out;
    }

    private static float[] transposed(float[] a, int rows, int columns) {
        float[] out = new float[a.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                out[c * rows + r] = a[r * columns + c];
            }
        }
        return out;
    }

    @ParameterizedTest
    @EnumSource
    void rowsAreTakenAndAddedByIndex(Type type) {
        float[] table = normal(12);
        Tensor x = tensor(type.dtype, table, 4, 3);
        Tensor rows = p.indexRows(x, index(3, 0, 3));
        assertThat(rows.shape()).isEqualTo(Shape.of(3, 3));
        double[] expected = new double[9];
        int[] order = {3, 0, 3};
        for (int i = 0; i < 9; i++) {
            expected[i] = table[order[i / 3] * 3 + i % 3];
        }
        same(rows, type, expected);
        p.addRows(x, index(1, 1, 2), rows);
        double[] sums = map(table, v -> v);
        int[] into = {1, 1, 2};
        for (int i = 0; i < 9; i++) {
            sums[into[i / 3] * 3 + i % 3] += expected[i];
        }
        same(x, type, sums);
    }

    @Test
    void rowsOfHigherRankAreTakenToo() {
        float[] table = normal(12);
        Tensor rows = p.indexRows(tensor(DType.F32, table, 3, 2, 2), index(2));
        assertThat(rows.shape()).isEqualTo(Shape.of(1, 2, 2));
        same(rows, Type.F32, map(Arrays.copyOfRange(table, 8, 12), v -> v));
    }

    @Test
    void oneEntryOfEachRowIsPickedAndAddedTo() {
        float[] a = normal(12);
        Tensor x = tensor(DType.F32, a, 3, 4);
        Tensor columns = index(3, 0, 2);
        Tensor picked = p.pick(x, columns);
        assertThat(picked.shape()).isEqualTo(Shape.of(3, 1));
        same(picked, Type.F32, a[3], a[4], a[10]);
        p.addAt(x, columns, tensor(DType.F32, new float[] {1, 2, 3}, 3, 1));
        double[] expected = map(a, v -> v);
        expected[3] += 1;
        expected[4] += 2;
        expected[10] += 3;
        same(x, Type.F32, expected);
        assertThatThrownBy(
                        () -> p.addAt(p.cast(x, DType.BF16), columns, p.cast(picked, DType.BF16)))
                .hasMessage(
                        "addAt needs F32 or F64, found BF16[3, 4]@cpu: libtorch would widen all of it");
    }

    @Test
    void argmaxIsTheFirstLargestColumn() {
        Tensor x = tensor(DType.F32, new float[] {1, 3, 3, -1, -2, -3}, 2, 3);
        Tensor found = p.argmax(x);
        long[] values = new long[2];
        p.download(found, MemorySegment.ofArray(values));
        assertThat(found.dtype()).isEqualTo(DType.I64);
        assertThat(values).containsExactly(1, 0);
    }

    @ParameterizedTest
    @EnumSource
    void randomNumbersFollowTheSeedAlone(Type type) {
        Shape shape = Shape.of(100, 100);
        float[] mask = read(p.bernoulli(type.dtype, shape, 0.7, 5));
        float[] normals = read(p.normal(type.dtype, shape, 5));
        assertThat(read(p.bernoulli(type.dtype, shape, 0.7, 5))).isEqualTo(mask);
        assertThat(read(p.normal(type.dtype, shape, 5))).isEqualTo(normals);
        assertThat(read(p.bernoulli(type.dtype, shape, 0.7, 6))).isNotEqualTo(mask);
        assertThat(read(p.normal(type.dtype, shape, 6))).isNotEqualTo(normals);
        float[] spread = read(p.uniform(DType.F32, shape, 5));
        assertThat(read(p.uniform(DType.F32, shape, 5))).isEqualTo(spread);
        assertThat(read(p.uniform(DType.F32, shape, 6))).isNotEqualTo(spread);
        int[] tenths = new int[10];
        for (float number : spread) {
            tenths[(int) (10 * number)]++;
        }
        for (int tenth : tenths) {
            assertThat(tenth).isBetween(880, 1120);
        }
        assertThat(mask).containsOnly(0, 1);
        double kept = 0;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < mask.length; i++) {
            kept += mask[i];
            sum += normals[i];
            squares += normals[i] * normals[i];
        }
        assertThat(kept / mask.length).isBetween(0.68, 0.72);
        assertThat(sum / mask.length).isBetween(-0.04, 0.04);
        assertThat(squares / mask.length).isBetween(0.95, 1.05);
    }

    @Test
    void bucketsCountTheBoundsBelow() {
        Tensor bounds = tensor(DType.F32, new float[] {-1, 0, 2}, 3);
        Tensor x = tensor(DType.F32, new float[] {-3, -1, -0.5f, 0, 1, 2, 2.5f}, 7);
        Tensor found = p.bucketize(x, bounds);
        assertThat(found.dtype()).isEqualTo(DType.I64);
        assertThat(read(found)).containsExactly(0, 0, 1, 1, 2, 2, 3);
    }

    @Test
    void randomBitsAreThoseOfTheElementsAndDecideHowNumbersAreRounded() {
        int n = RandomBits.RUN + 300;
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (i % 2 == 0 ? random.nextGaussian() : -1e-30 * i);
        }
        Tensor x = tensor(DType.F32, values, n);
        Tensor bits = p.randomBits(Shape.of(n), 5, 7);
        int[] found = new int[n];
        p.download(bits, MemorySegment.ofArray(found));
        p.roundToBf16(x, bits);
        float[] rounded = read(x);
        for (int i = 0; i < n; i++) {
            long key = RandomBits.key(5, 7 + i / RandomBits.RUN);
            assertThat(found[i]).isEqualTo(RandomBits.bits(key, i % RandomBits.RUN) >>> 16);
            int whole = Float.floatToRawIntBits(values[i]) + found[i] & 0xffff0000;
            assertThat(rounded[i]).isEqualTo(Float.intBitsToFloat(whole));
        }
        assertThat(read(p.cast(x, DType.BF16))).isEqualTo(rounded);
    }

    @Test
    void viewsShareTheirElements() {
        float[] a = normal(24);
        Tensor x = tensor(DType.F32, a, 2, 3, 4);
        Tensor turned = p.permute(x, 2, 0, 1);
        assertThat(turned.shape()).isEqualTo(Shape.of(4, 2, 3));
        double[] expected = new double[24];
        for (int i = 0; i < 24; i++) {
            expected[(i % 4 * 2 + i / 12) * 3 + i / 4 % 3] = a[i];
        }
        same(turned, Type.F32, expected);
        p.fill(p.slice(p.view(x, Shape.of(6, 4)), 1, 1, 3), 9);
        double[] filled = map(a, v -> v);
        for (int i = 0; i < 24; i++) {
            if (i % 4 == 1 || i % 4 == 2) {
                filled[i] = 9;
            }
        }
        same(x, Type.F32, filled);
    }

    @Test
    void everyDtypeIsFilledCastAndRead() {
        for (DType dtype : DType.values()) {
            Tensor x = p.full(dtype, Shape.of(2, 3), 7);
            assertThat(x.bytes()).isEqualTo(6L * dtype.bytes());
            assertThat(read(x)).containsOnly(7);
            p.fill(x, 0);
            assertThat(read(x)).containsOnly(0);
        }
        Tensor into = p.full(DType.BF16, Shape.of(2, 3), 0);
        p.copy(tensor(DType.F32, new float[] {1, 2, 3}, 1, 3), into);
        assertThat(read(into)).containsExactly(1, 2, 3, 1, 2, 3);
    }

    @Test
    void bf16RoundsToTheNearestEven() {
        // 1 + 2^-8 lies halfway between 1 and 1 + 2^-7; 1 + 3·2^-8 between 1 + 2^-7 and 1 + 2^-6.
        Tensor x = tensor(DType.BF16, new float[] {1 + 1 / 256f, 1 + 3 / 256f}, 2);
        assertThat(read(x)).containsExactly(1, 1 + 1 / 64f);
    }

    @Test
    void anEmptyTensorIsAllowed() {
        Tensor none = p.empty(DType.F32, Shape.of(0, 3));
        assertThat(read(p.add(none, none))).isEmpty();
        assertThat(p.matmul(none, p.full(DType.F32, Shape.of(3, 2), 1)).shape())
                .isEqualTo(Shape.of(0, 2));
    }
}
