package dev.hone.tensor;

import dev.hone.tensor.KernelLauncher.Argument;
import dev.hone.tensor.KernelLauncher.Argument.Float32;
import dev.hone.tensor.KernelLauncher.Argument.In;
import dev.hone.tensor.KernelLauncher.Argument.InOut;
import dev.hone.tensor.KernelLauncher.Argument.Int32;
import dev.hone.tensor.KernelLauncher.Argument.Int64;
import dev.hone.tensor.KernelLauncher.Argument.Out;
import dev.hone.tensor.KernelLauncher.Argument.Through;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Updates and sums over all parameters of a model, started as one kernel each: what a kernel is to
 * touch stands in a table of addresses, which is made on the host and copied to the card.
 */
final class CudaUpdates {
    private static final int THREADS = 256;

    /** Numbers of 64 bits in a row of updates.cu's Slot, and in one of its Span. */
    private static final int SLOT = 12;

    private static final int SPAN = 3;

    /** Elements of a run of the sum of squares, and blocks that share the runs. */
    private static final long SQUARES = 1L << 16;

    private static final int PARTS = 1024;

    private final Primitives p;
    private final KernelLauncher launcher;

    CudaUpdates(Primitives primitives, KernelLauncher launcher) {
        this.p = primitives;
        this.launcher = launcher;
    }

    void adamW(AdamW rule, List<UpdateSlot> slots) {
        update("adamw", rule, slots, weightDecay(rule), rule::stepSize, moments(rule));
    }

    void adamW8Bit(AdamW8Bit rule, List<UpdateSlot> slots) {
        AdamW constants = rule.constants();
        float[] maps = new float[1024];
        DynamicMap[] both = {DynamicMap.signed(), DynamicMap.unsigned()};
        for (int i = 0; i < 2; i++) {
            System.arraycopy(both[i].values(), 0, maps, 512 * i, 256);
            System.arraycopy(both[i].bounds(), 0, maps, 512 * i + 256, 255);
        }
        try (Scope _ = p.scopes().open()) {
            Tensor onDevice = p.upload(MemorySegment.ofArray(maps), DType.F32, Shape.of(1024));
            List<Argument> arguments = new ArrayList<>(moments(constants));
            arguments.add(new In(onDevice));
            update(
                    "adamw_8bit",
                    rule,
                    slots,
                    weightDecay(rule),
                    constants::stepSize,
                    List.copyOf(arguments));
        }
    }

    private static List<Argument> moments(AdamW rule) {
        return floats(
                rule.beta1(),
                1 - rule.beta1(),
                rule.beta2(),
                1 - rule.beta2(),
                rule.rootCorrection(),
                rule.eps());
    }

    void scheduleFree(ScheduleFreeAdamW rule, List<UpdateSlot> slots) {
        update(
                "schedule_free",
                rule,
                slots,
                UpdateSlot::weightDecay,
                rule::stepSizeOfY,
                slot -> -rule.stepSize(slot),
                floats(
                        rule.beta2(),
                        1 - rule.beta2(),
                        rule.eps(),
                        1 - rule.average(),
                        rule.average()));
    }

    void lion(Lion rule, List<UpdateSlot> slots) {
        update(
                "lion",
                rule,
                slots,
                weightDecay(rule),
                slot -> -slot.rate(rule.step()),
                floats(rule.beta1(), 1 - rule.beta1(), rule.beta2(), 1 - rule.beta2()));
    }

    private static ToDoubleFunction<UpdateSlot> weightDecay(UpdateRule rule) {
        return slot -> slot.decay(rule.step());
    }

    private static List<Argument> floats(double... values) {
        List<Argument> arguments = new ArrayList<>();
        for (double value : values) {
            arguments.add(new Float32((float) value));
        }
        return arguments;
    }

    private void update(
            String kernel,
            UpdateRule rule,
            List<UpdateSlot> slots,
            ToDoubleFunction<UpdateSlot> decay,
            ToDoubleFunction<UpdateSlot> rate,
            List<Argument> constants) {
        update(kernel, rule, slots, decay, rate, _ -> 0, constants);
    }

    private void update(
            String kernel,
            UpdateRule rule,
            List<UpdateSlot> slots,
            ToDoubleFunction<UpdateSlot> decay,
            ToDoubleFunction<UpdateSlot> rate,
            ToDoubleFunction<UpdateSlot> secondRate,
            List<Argument> constants) {
        Table table = new Table(slots.size(), SLOT);
        List<Tensor> changed = new ArrayList<>();
        List<Tensor> written = new ArrayList<>();
        long runs = 0;
        for (UpdateSlot slot : slots) {
            Tensor master = slot.master();
            boolean hasValue = master == null || slot.copies();
            table.add(runs);
            table.add(slot.gradient().elements());
            table.add(master == null ? 0 : launcher.address(master));
            table.add(hasValue ? launcher.address(slot.value()) : 0);
            table.add(launcher.address(slot.gradient()));
            for (int state = 0; state < 4; state++) {
                List<Tensor> states = slot.states();
                table.add(state < states.size() ? launcher.address(states.get(state)) : 0);
            }
            table.add(slot.firstRun());
            table.add(decay.applyAsDouble(slot), rate.applyAsDouble(slot));
            table.add(secondRate.applyAsDouble(slot), 0);
            runs += Math.ceilDiv(slot.gradient().elements(), RandomBits.RUN);
            changed.addAll(slot.changed());
            if (slot.copies()) {
                written.add(slot.value());
            }
        }
        try (Scope _ = p.scopes().open()) {
            List<Argument> arguments = new ArrayList<>();
            arguments.add(
                    new Through(
                            table.upload(),
                            changed,
                            Stream.concat(changed.stream(), written.stream()).toList()));
            arguments.add(new Int32(slots.size()));
            arguments.add(new Int64(rule.step().seed()));
            arguments.add(new Float32((float) rule.step().gradientScale()));
            arguments.addAll(constants);
            launch(kernel, runs, arguments.toArray(Argument[]::new));
        }
    }

    /** into [1] += Σ x²; tensors F32. */
    void sumOfSquares(List<Tensor> tensors, Tensor into) {
        Table table = new Table(tensors.size(), SPAN);
        long runs = 0;
        for (Tensor tensor : tensors) {
            table.add(runs);
            table.add(tensor.elements());
            table.add(launcher.address(tensor));
            runs += Math.ceilDiv(tensor.elements(), SQUARES);
        }
        try (Scope _ = p.scopes().open()) {
            Tensor parts = p.empty(DType.F32, Shape.of(PARTS));
            launch(
                    "squares",
                    PARTS,
                    new Through(table.upload(), tensors, List.of()),
                    new Int32(tensors.size()),
                    new Int64(runs),
                    new Out(parts));
            launch("add_up", 1, new In(parts), new InOut(into), new Int64(PARTS));
        }
    }

    private void launch(String kernel, long blocks, Argument... arguments) {
        if (blocks > 0) {
            launcher.launch(kernel, blocks, THREADS, arguments);
        }
    }

    /** Rows of numbers of 64 bits, or of two fp32 numbers each. */
    private final class Table {
        private final long[] numbers;
        private int size;

        Table(int rows, int width) {
            numbers = new long[rows * width];
        }

        void add(long number) {
            numbers[size++] = number;
        }

        void add(double first, double second) {
            long upper = Float.floatToRawIntBits((float) second);
            add(upper << 32 | Integer.toUnsignedLong(Float.floatToRawIntBits((float) first)));
        }

        Tensor upload() {
            return p.upload(MemorySegment.ofArray(numbers), DType.I64, Shape.of(numbers.length));
        }
    }
}
