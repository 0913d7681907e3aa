package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.tensor.AdamW;
import dev.hone.tensor.AdamW8Bit;
import dev.hone.tensor.ComposedKernels;
import dev.hone.tensor.DType;
import dev.hone.tensor.DynamicMap;
import dev.hone.tensor.Kernels;
import dev.hone.tensor.Lion;
import dev.hone.tensor.RandomBits;
import dev.hone.tensor.ScheduleFreeAdamW;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.UpdateRule;
import dev.hone.tensor.UpdateSlot;
import dev.hone.tensor.UpdateStep;
import dev.hone.torch.KernelsAgreement.Engine;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Updates of many parameters by fused kernels, against {@link ComposedKernels}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class UpdatesAgreement {
    /** Sizes that are no multiple of a vector, a run or a block; the last takes several threads. */
    private static final int[] SIZES = {1, 7, 33, 1024, 1030, 4999, 1, 150_001};

    TorchPrimitives p;
    Kernels reference;
    Kernels kernels;
    private @Nullable Engine engine;
    private Scope scope;

    abstract Engine engine();

    @BeforeAll
    void open() {
        Engine opened = engine();
        engine = opened;
        p = opened.primitives();
        reference = new ComposedKernels(p);
        kernels = opened.kernels();
    }

    @AfterAll
    void close() throws Exception {
        if (engine != null) { // not left out for want of a compiler
            p.close();
            engine.held().close();
        }
    }

    @BeforeEach
    void openScope() {
        scope = p.scopes().open();
    }

    @AfterEach
    void closeScope() {
        scope.close();
        assertThat(p.memory().liveTensors()).isZero();
    }

    private static UpdateStep step(long number) {
        return new UpdateStep(number, 3e-3, 0.25, 77 + number);
    }

    static Stream<UpdateRule> rules() {
        return Stream.of(1L, 2L, 1000L)
                .flatMap(number ->
                        Stream.of(
                                new AdamW(step(number), 0.9, 0.95, 1e-8),
                                new ScheduleFreeAdamW(step(number), 0.9, 0.95, 1e-8, 0.3),
                                new Lion(step(number), 0.9, 0.99)));
    }

    private static int states(UpdateRule rule) {
        return rule instanceof Lion ? 1 : 2;
    }

    /** How a parameter is held. */
    private enum Held {
        IN_FP32,
        WITH_MASTER,
        WITHOUT_MASTER
    }

    private List<UpdateSlot> slots(Held held, int states, Random random) {
        List<UpdateSlot> slots = new ArrayList<>();
        long run = 0;
        for (int size : SIZES) {
            Tensor weight = normal(random, size);
            Tensor value = held == Held.IN_FP32 ? weight : p.cast(weight, DType.BF16);
            List<Tensor> kept = new ArrayList<>();
            for (int i = 0; i < states; i++) {
                Tensor state = normal(random, size);
                p.mulInPlace(state, state); // second moments are not negative
                kept.add(state);
            }
            slots.add(
                    new UpdateSlot(
                            held == Held.WITHOUT_MASTER ? null : weight,
                            value,
                            normal(random, size),
                            kept,
                            size % 2 == 0 ? 2 : 1,
                            size % 2 == 0 ? 0 : 0.1,
                            run));
            run += Math.ceilDiv(size, RandomBits.RUN);
        }
        return slots;
    }

    /** The same in another precision of master, gradient and states. */
    private List<UpdateSlot> copies(List<UpdateSlot> slots, DType dtype) {
        return slots.stream()
                .map(s -> {
                    Tensor master = s.master() == null ? null : p.cast(s.master(), dtype);
                    return new UpdateSlot(
                            master,
                            master != null && !s.copies()
                                    ? master
                                    : p.cast(s.value(), s.value().dtype()),
                            p.cast(s.gradient(), dtype),
                            s.states().stream()
                                    .map(t -> p.cast(t, t.dtype() == DType.U8 ? DType.U8 : dtype))
                                    .toList(),
                            s.rateFactor(),
                            s.weightDecay(),
                            s.firstRun());
                })
                .toList();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void fusedRulesAgreeWithTheReferenceInFp64(UpdateRule rule) {
        for (Held held : new Held[] {Held.IN_FP32, Held.WITH_MASTER}) {
            List<UpdateSlot> fused = slots(held, states(rule), new Random(3));
            List<UpdateSlot> wide = copies(fused, DType.F64);
            kernels.update(rule, fused);
            reference.update(rule, wide);
            double largest = 0;
            for (int i = 0; i < SIZES.length; i++) {
                UpdateSlot a = fused.get(i);
                UpdateSlot b = wide.get(i);
                largest = Math.max(largest, difference(weight(a), weight(b)));
                for (int s = 0; s < a.states().size(); s++) {
                    largest = Math.max(largest, difference(a.states().get(s), b.states().get(s)));
                }
                assertThat(Arrays.stream(values(a.gradient())).filter(g -> g != 0)).isEmpty();
                if (a.master() != null && a.copies()) {
                    assertThat(values(a.value()))
                            .as("the value is the master, rounded")
                            .isEqualTo(values(p.cast(a.master(), DType.BF16)));
                }
            }
            System.out.printf("%s %s: largest difference %.3g%n", rule, held, largest);
        }
    }

    private static Tensor weight(UpdateSlot slot) {
        return slot.master() != null ? slot.master() : slot.value();
    }

    /** The largest difference, which must be one of rounding. */
    private double difference(Tensor found, Tensor truth) {
        double[] a = values(found);
        double[] b = values(truth);
        double largest = 0;
        double greatest = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = Math.abs(a[i] - b[i]);
            largest = Math.max(largest, difference);
            greatest = Math.max(greatest, difference / (1 + Math.abs(b[i])));
        }
        assertThat(greatest).as("%s, relative to 1 and more", found).isLessThanOrEqualTo(4e-6);
        return largest;
    }

    @ParameterizedTest
    @MethodSource("rules")
    void withoutMastersFusedAndComposedRoundByTheSameBits(UpdateRule rule) {
        List<UpdateSlot> fused = slots(Held.WITHOUT_MASTER, states(rule), new Random(4));
        List<UpdateSlot> composed = copies(fused, DType.F32);
        List<UpdateSlot> before = copies(fused, DType.F32);
        kernels.update(rule, fused);
        reference.update(rule, composed);
        int differ = 0;
        int moved = 0;
        int all = 0;
        for (int i = 0; i < SIZES.length; i++) {
            double[] a = values(fused.get(i).value());
            double[] b = values(composed.get(i).value());
            double[] start = values(before.get(i).value());
            int far = 0;
            for (int j = 0; j < a.length; j++) {
                // What fp32 rounds otherwise in the two may cross a bound; then by one step.
                far += Math.abs(a[j] - b[j]) <= step(b[j]) ? 0 : 1;
                differ += a[j] == b[j] ? 0 : 1;
                moved += a[j] == start[j] ? 0 : 1;
            }
            assertThat(far).isZero();
            all += a.length;
        }
        System.out.printf("%s: %d of %d differ, %d moved%n", rule, differ, all, moved);
        assertThat(differ).isLessThan(all / 500);
        assertThat(moved).isGreaterThan(all / 10);
    }

    /** Distance of neighbours in BF16 about x. */
    private static double step(double x) {
        return Math.max(Math.abs(x) * 0x1p-7, 0x1p-126);
    }

    @Test
    void roundingByChanceIsExactlyTheReferencesAndRightInTheMean() {
        int n = 300_000;
        Random random = new Random(9);
        List<UpdateSlot> fused = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Tensor value = p.cast(normal(random, n), DType.BF16);
            Tensor zeros = p.full(DType.F32, Shape.of(n), 0);
            // Nothing but decay: one multiplication, the same bits everywhere.
            fused.add(
                    new UpdateSlot(
                            null,
                            value,
                            p.full(DType.F32, Shape.of(n), 0),
                            List.of(zeros, p.full(DType.F32, Shape.of(n), 0)),
                            1,
                            1,
                            (long) i * Math.ceilDiv(n, RandomBits.RUN)));
        }
        List<UpdateSlot> composed = copies(fused, DType.F32);
        double[] before = values(fused.getFirst().value());
        AdamW rule = new AdamW(new UpdateStep(5, 1e-3, 1, 123), 0.9, 0.99, 1e-8);
        kernels.update(rule, fused);
        reference.update(rule, composed);
        for (int i = 0; i < 2; i++) {
            assertThat(values(fused.get(i).value())).isEqualTo(values(composed.get(i).value()));
        }
        double[] after = values(fused.getFirst().value());
        double shrunk = 0;
        double size = 0;
        int moved = 0;
        for (int j = 0; j < n; j++) {
            shrunk += (before[j] - after[j]) * Math.signum(before[j]);
            size += Math.abs(before[j]);
            moved += before[j] == after[j] ? 0 : 1;
        }
        // A step of BF16 is some 0.5 % of a number: most stay, and the mean decays by 0.1 %.
        assertThat(shrunk / size).isCloseTo(1e-3, within(2e-5));
        assertThat(moved).isBetween(n / 10, n / 3);
    }

    @Test
    void momentsInEightBitsAreStoredAsTheReferenceStoresThem() {
        AdamW8Bit rule = new AdamW8Bit(new AdamW(step(7), 0.9, 0.99, 1e-8));
        for (Held held : Held.values()) {
            List<UpdateSlot> fused =
                    slots(held, 0, new Random(5)).stream().map(this::eightBit).toList();
            List<UpdateSlot> composed = copies(fused, DType.F32);
            kernels.update(rule, fused);
            reference.update(rule, composed);
            int differ = 0;
            int all = 0;
            for (int i = 0; i < SIZES.length; i++) {
                UpdateSlot a = fused.get(i);
                UpdateSlot b = composed.get(i);
                assertThat(Arrays.stream(values(a.gradient())).filter(g -> g != 0)).isEmpty();
                if (held != Held.WITHOUT_MASTER) {
                    difference(weight(a), weight(b));
                }
                difference(a.states().get(1), b.states().get(1));
                difference(a.states().get(3), b.states().get(3));
                int far = 0;
                for (int s : new int[] {0, 2}) {
                    int[] found = codes(a.states().get(s));
                    int[] wanted = codes(b.states().get(s));
                    for (int j = 0; j < found.length; j++) {
                        far += Math.abs(found[j] - wanted[j]) <= 1 ? 0 : 1;
                        differ += found[j] == wanted[j] ? 0 : 1;
                    }
                    all += found.length;
                }
                assertThat(far).isZero();
            }
            System.out.printf("8-bit moments %s: %d of %d codes differ%n", held, differ, all);
            assertThat(differ).isLessThan(all / 1000);
        }
    }

    private UpdateSlot eightBit(UpdateSlot slot) {
        int n = Math.toIntExact(slot.gradient().elements());
        int blocks = Math.ceilDiv(n, AdamW8Bit.BLOCK);
        Random random = new Random(n);
        byte[] codes = new byte[n];
        List<Tensor> states = new ArrayList<>();
        for (int moment = 0; moment < 2; moment++) {
            random.nextBytes(codes);
            float[] scales = new float[blocks];
            for (int i = 0; i < blocks; i++) {
                scales[i] = i % 3 == 1 ? 0 : 0.1f + random.nextFloat();
            }
            states.add(p.upload(MemorySegment.ofArray(codes), DType.U8, Shape.of(n)));
            states.add(p.upload(MemorySegment.ofArray(scales), DType.F32, Shape.of(blocks)));
        }
        return new UpdateSlot(
                slot.master(),
                slot.value(),
                slot.gradient(),
                states,
                slot.rateFactor(),
                slot.weightDecay(),
                slot.firstRun());
    }

    @Test
    void aBlockWithoutGradientsIsStoredAsZeros() {
        int n = 300;
        for (Kernels k : List.of(kernels, reference)) {
            Tensor weight = p.full(DType.F32, Shape.of(n), 1);
            UpdateSlot slot =
                    new UpdateSlot(
                            weight,
                            weight,
                            p.full(DType.F32, Shape.of(n), 0),
                            List.of(
                                    p.full(DType.U8, Shape.of(n), 0),
                                    p.full(DType.F32, Shape.of(2), 0),
                                    p.full(DType.U8, Shape.of(n), 0),
                                    p.full(DType.F32, Shape.of(2), 0)),
                            1,
                            0,
                            0);
            k.update(new AdamW8Bit(new AdamW(step(1), 0.9, 0.99, 1e-8)), List.of(slot));
            assertThat(values(weight)).containsOnly(1);
            for (int code : codes(slot.states().get(0))) {
                assertThat(DynamicMap.signed().value(code)).isZero();
            }
            for (int code : codes(slot.states().get(2))) {
                assertThat(DynamicMap.unsigned().value(code)).isZero();
            }
        }
    }

    @Test
    void sumsOfSquaresAreAddedToWhatIsThere() {
        Random random = new Random(6);
        List<Tensor> tensors = new ArrayList<>();
        double expected = 2;
        for (int size : SIZES) {
            Tensor tensor = normal(random, size);
            tensors.add(tensor);
            expected += Arrays.stream(values(tensor)).map(x -> x * x).sum();
        }
        for (Kernels k : List.of(kernels, reference)) {
            Tensor into = p.full(DType.F32, Shape.of(1), 2);
            k.sumOfSquares(tensors, into);
            assertThat(values(into)[0] / expected).isBetween(1 - 1e-6, 1 + 1e-6);
        }
    }

    final List<double[]> everything(Kernels k) {
        List<double[]> seen = new ArrayList<>();
        for (Held held : Held.values()) {
            rules().forEach(rule -> see(k, rule, slots(held, states(rule), new Random(8)), seen));
            see(
                    k,
                    new AdamW8Bit(new AdamW(step(2), 0.9, 0.99, 1e-8)),
                    slots(held, 0, new Random(8)).stream().map(this::eightBit).toList(),
                    seen);
        }
        Tensor sum = p.full(DType.F32, Shape.of(1), 0);
        k.sumOfSquares(
                slots(Held.IN_FP32, 0, new Random(8)).stream().map(UpdateSlot::gradient).toList(),
                sum);
        seen.add(values(sum));
        return seen;
    }

    private void see(Kernels k, UpdateRule rule, List<UpdateSlot> slots, List<double[]> seen) {
        k.update(rule, slots);
        for (UpdateSlot slot : slots) {
            seen.add(values(slot.value()));
            slot.states().forEach(state -> seen.add(values(state)));
        }
    }

    private int[] codes(Tensor tensor) {
        byte[] bytes = new byte[Math.toIntExact(tensor.elements())];
        p.download(tensor, MemorySegment.ofArray(bytes));
        int[] codes = new int[bytes.length];
        Arrays.setAll(codes, i -> bytes[i] & 255);
        return codes;
    }

    final double[] values(Tensor tensor) {
        double[] values = new double[Math.toIntExact(tensor.elements())];
        try (Scope _ = p.scopes().open()) {
            p.download(p.cast(tensor, DType.F64), MemorySegment.ofArray(values));
        }
        return values;
    }

    private Tensor normal(Random random, int n) {
        double[] values = new double[n];
        Arrays.setAll(values, _ -> random.nextGaussian());
        return p.cast(p.upload(MemorySegment.ofArray(values), DType.F64, Shape.of(n)), DType.F32);
    }
}
