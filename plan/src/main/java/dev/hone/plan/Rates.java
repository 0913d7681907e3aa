package dev.hone.plan;

import dev.hone.tensor.Cost;
import dev.hone.tensor.DType;
import dev.hone.train.Speed;
import java.util.Map;

/**
 * How fast a device is at best: a roofline (Williams, Waterman and Patterson, CACM 2009) that adds
 * up. An operation takes its start, its arithmetic and its memory traffic, one after the other:
 * kernels overlap little of them. On a card the host starts operations while the card computes;
 * what takes longer counts.
 *
 * @param flops of matrix products a second
 * @param attentionFlops of attention in one piece a second
 * @param bytes read and written a second
 * @param secondsPerOperation that the device takes besides, for each operation
 * @param secondsPerStart that the host takes for each operation
 * @param transfer bytes a second between the device and host memory
 */
public record Rates(
        double flops,
        double attentionFlops,
        double bytes,
        double secondsPerOperation,
        double secondsPerStart,
        double transfer)
        implements Speed {
    // What kernels reach of a card's peaks, and the seconds: least squares of logarithms over
    // steps of Llama-3.1-8B and SmolLM2-135M on an H200 (docs/benchmarks/plan-against-cards.md).

    private static final double PRODUCT_SHARE = 0.76;

    private static final double ATTENTION_SHARE = 0.216;

    private static final double BANDWIDTH_SHARE = 0.725;

    private static final double OPERATION_SECONDS = 2.8e-6;

    /** From one operation to the next through libtorch, on that machine. */
    private static final double START_SECONDS = 18.4e-6;

    /** GB/s of sixteen lanes of PCIe 3.0; every generation doubles it. */
    private static final double PCIE_3 = 15.75;

    /** Share of the bus that copies of pinned memory reach; an assumption. */
    private static final double BUS_SHARE = 0.8;

    /** A device that computes where it is started and has the host's memory. */
    public Rates(double flops, double bytes, double secondsPerOperation) {
        this(flops, flops, bytes, secondsPerOperation, 0, Double.POSITIVE_INFINITY);
    }

    /** A card: shares of what its vendor says. */
    public static Rates of(Gpu gpu, DType dtype) {
        return new Rates(
                gpu.peakFlops(dtype) * PRODUCT_SHARE,
                gpu.peakFlops(dtype) * ATTENTION_SHARE,
                gpu.bandwidth().value() * 1e9 * BANDWIDTH_SHARE,
                OPERATION_SECONDS,
                START_SECONDS,
                PCIE_3 * Math.pow(2, gpu.pcie().value() - 3) * 1e9 * BUS_SHARE);
    }

    @Override
    public double transferSeconds(long bytes) {
        return bytes / transfer;
    }

    @Override
    public double seconds(Map<Cost.Work, Long> work) {
        return Math.max(deviceSeconds(work), startSeconds(work));
    }

    /** Seconds that the host takes to start so much work. */
    double startSeconds(Map<Cost.Work, Long> work) {
        return started(work) * secondsPerStart;
    }

    /** Whether so much work tells of the host, which starts it, and not of the device. */
    public boolean waitsForHost(Map<Cost.Work, Long> work) {
        return startSeconds(work) > deviceSeconds(work);
    }

    private double deviceSeconds(Map<Cost.Work, Long> work) {
        double seconds = started(work) * secondsPerOperation;
        for (Map.Entry<Cost.Work, Long> entry : work.entrySet()) {
            Cost.Work w = entry.getKey();
            double rate = w.kind() == Cost.Kind.ATTENTION ? attentionFlops : flops;
            seconds += entry.getValue() * (w.flops() / rate + w.bytes() / bytes);
        }
        return seconds;
    }

    private static long started(Map<Cost.Work, Long> work) {
        long sum = 0;
        for (Map.Entry<Cost.Work, Long> entry : work.entrySet()) {
            sum += entry.getKey().kind() == Cost.Kind.PART ? 0 : entry.getValue();
        }
        return sum;
    }
}
