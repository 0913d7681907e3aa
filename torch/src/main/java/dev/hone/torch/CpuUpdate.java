package dev.hone.torch;

import dev.hone.tensor.RandomBits;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.UpdateRule;
import dev.hone.tensor.UpdateSlot;
import java.util.Arrays;
import java.util.List;

/**
 * One optimizer step of many parameters in a single piece of work: the runs of all of them, end to
 * end, are shared among the threads, so that small parameters cost no more than their elements.
 *
 * <p>A run's weight and gradient are rows of fp32; a {@link Rule} changes the weight. Whatever
 * follows, the value in another dtype and the cleared gradient, is written here.
 */
final class CpuUpdate {
    private final Rule rule;
    private final long seed;
    private final Slot[] slots;

    /** The first run of each slot, and the number of all. */
    private final int[] firstRuns;

    private final long elements;

    /** A slot with the addresses of its tensors. */
    static final class Slot {
        private final UpdateSlot constants;
        private final long weight;
        private final long value;
        private final long gradient;
        private final long[] states;

        private Slot(UpdateSlot slot) {
            constants = slot;
            weight = address(slot.master() != null ? slot.master() : slot.value());
            value = slot.copies() ? address(slot.value()) : 0;
            gradient = address(slot.gradient());
            states = slot.states().stream().mapToLong(Slot::address).toArray();
        }

        private static long address(Tensor tensor) {
            return ((TorchTensor) tensor).address();
        }

        /** Learning rate and decay. */
        UpdateSlot constants() {
            return constants;
        }

        /** Address of a state's first element. */
        long state(int index) {
            return states[index];
        }
    }

    /** What a rule does to a run of a parameter. */
    interface Rule {
        /** Rows of scratch memory it wants. */
        int rows();

        /**
         * Updates the row {@code weight} and the states.
         *
         * @param run which {@link CpuRows#RUN} elements of the slot
         * @param n elements of it
         * @param gradient row, unscaled
         * @param buffer index of the first of the rule's rows of scratch memory
         */
        void update(
                Slot slot,
                int run,
                int n,
                long weight,
                long gradient,
                CpuScratch scratch,
                int buffer);
    }

    private CpuUpdate(Rule rule, long seed, List<UpdateSlot> all) {
        this.rule = rule;
        this.seed = seed;
        this.slots = all.stream().map(Slot::new).toArray(Slot[]::new);
        this.firstRuns = new int[slots.length + 1];
        long sum = 0;
        for (int i = 0; i < slots.length; i++) {
            long size = all.get(i).gradient().elements();
            sum += size;
            firstRuns[i + 1] = Math.addExact(firstRuns[i], CpuRows.runs(size));
        }
        this.elements = sum;
    }

    static void run(CpuTeam team, UpdateRule constants, Rule rule, List<UpdateSlot> slots) {
        CpuUpdate update = new CpuUpdate(rule, constants.step().seed(), slots);
        team.run(update.firstRuns[update.slots.length], update.elements, update::runs);
    }

    private void runs(CpuScratch scratch, int from, int to) {
        scratch.reserve(2 + rule.rows(), CpuRows.RUN);
        int found = Arrays.binarySearch(firstRuns, from);
        int slot = found >= 0 ? found : -found - 2;
        for (int run = from; run < to; run++) {
            while (run >= firstRuns[slot + 1]) {
                slot++;
            }
            run(scratch, slots[slot], run - firstRuns[slot]);
        }
    }

    private void run(CpuScratch scratch, Slot slot, int run) {
        int n = CpuRows.runLength(run, slot.constants.gradient().elements());
        long wide = 4L * CpuRows.RUN * run;
        long narrow = 2L * CpuRows.RUN * run;
        boolean alone = slot.constants.master() == null;
        long source = slot.weight + (alone ? narrow : wide);
        long weight = CpuRows.read(source, alone, n, scratch.buffer(0));
        long gradient = CpuRows.read(slot.gradient + wide, false, n, scratch.buffer(1));
        rule.update(slot, run, n, weight, gradient, scratch, 2);
        if (alone) {
            long key = RandomBits.key(seed, slot.constants.firstRun() + run);
            CpuRandom.copyOut(weight, source, n, key);
        } else {
            CpuRows.write(weight, source, false, n);
            if (slot.value != 0) {
                CpuRows.copyOut(weight, slot.value + narrow, true, n);
            }
        }
        CpuRows.zero(slot.gradient + wide, 4L * n);
    }
}
