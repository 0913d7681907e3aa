package dev.hone.plan;

import dev.hone.tensor.Cost;
import dev.hone.tensor.DType;
import dev.hone.train.Speed;
import java.util.Map;

/**
 * How fast a device is at best: the roofline model (Williams, Waterman and Patterson, CACM 2009).
 * An operation takes as long as its arithmetic, its memory traffic or its launch, whichever is
 * longest.
 *
 * @param flops of matrix products a second
 * @param bytes read and written a second
 * @param secondsPerOperation the least that an operation takes
 * @param transfer bytes a second between the device and host memory
 */
public record Rates(double flops, double bytes, double secondsPerOperation, double transfer)
        implements Speed {
    /** From one kernel launch of libtorch's to the next, when nothing else holds them up. */
    private static final double LAUNCH_SECONDS = 5e-6;

    /** GB/s of sixteen lanes of PCIe 3.0; every generation doubles it. */
    private static final double PCIE_3 = 15.75;

    /** Share of the bus that copies of pinned memory reach; an assumption. */
    private static final double BUS_SHARE = 0.8;

    /** A device whose memory is the host's. */
    public Rates(double flops, double bytes, double secondsPerOperation) {
        this(flops, bytes, secondsPerOperation, Double.POSITIVE_INFINITY);
    }

    /** A card as its vendor describes it. */
    public static Rates of(Gpu gpu, DType dtype) {
        return new Rates(
                gpu.peakFlops(dtype),
                gpu.bandwidth().value() * 1e9,
                LAUNCH_SECONDS,
                PCIE_3 * Math.pow(2, gpu.pcie().value() - 3) * 1e9 * BUS_SHARE);
    }

    @Override
    public double transferSeconds(long bytes) {
        return bytes / transfer;
    }

    @Override
    public double seconds(Map<Cost.Work, Long> work) {
        double sum = 0;
        for (Map.Entry<Cost.Work, Long> entry : work.entrySet()) {
            Cost.Work w = entry.getKey();
            double busy = Math.max(w.flops() / flops, w.bytes() / bytes);
            double longest = w.part() ? busy : Math.max(busy, secondsPerOperation);
            sum += entry.getValue() * longest;
        }
        return sum;
    }
}
