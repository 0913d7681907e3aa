package dev.hone.torch;

import dev.hone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Σ x² over many fp32 tensors in a single piece of work. Runs are summed in fp32, their sums in
 * fp64, unit by unit in order, so that the number of threads changes no bit.
 */
final class CpuSquares {
    /** Runs of a unit. */
    private static final int RUNS = 64;

    private final long[] addresses;
    private final long[] elements;

    /** The first unit of each tensor, and the number of all. */
    private final int[] firstUnits;

    private final double[] sums;

    private CpuSquares(List<Tensor> tensors) {
        this.addresses = tensors.stream().mapToLong(t -> ((TorchTensor) t).address()).toArray();
        this.elements = tensors.stream().mapToLong(Tensor::elements).toArray();
        this.firstUnits = new int[elements.length + 1];
        for (int i = 0; i < elements.length; i++) {
            int units = Math.ceilDiv(CpuRows.runs(elements[i]), RUNS);
            firstUnits[i + 1] = Math.addExact(firstUnits[i], units);
        }
        this.sums = new double[firstUnits[elements.length]];
    }

    static double of(CpuTeam team, List<Tensor> tensors) {
        CpuSquares squares = new CpuSquares(tensors);
        team.run(squares.sums.length, Arrays.stream(squares.elements).sum(), squares::units);
        double sum = 0;
        for (double unit : squares.sums) {
            sum += unit;
        }
        return sum;
    }

    private void units(CpuScratch scratch, int from, int to) {
        scratch.reserve(1, CpuRows.RUN);
        int found = Arrays.binarySearch(firstUnits, from);
        int tensor = found >= 0 ? found : -found - 2;
        for (int unit = from; unit < to; unit++) {
            while (unit >= firstUnits[tensor + 1]) {
                tensor++;
            }
            sums[unit] = unit(scratch, tensor, (unit - firstUnits[tensor]) * RUNS);
        }
    }

    private double unit(CpuScratch scratch, int tensor, int firstRun) {
        int end = Math.min(firstRun + RUNS, CpuRows.runs(elements[tensor]));
        double sum = 0;
        for (int run = firstRun; run < end; run++) {
            int n = CpuRows.runLength(run, elements[tensor]);
            long at = addresses[tensor] + 4L * CpuRows.RUN * run;
            sum += CpuSums.squares(CpuRows.read(at, false, n, scratch.buffer(0)), n);
        }
        return sum;
    }
}
