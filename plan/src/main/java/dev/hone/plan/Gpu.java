package dev.hone.plan;

import dev.hone.tensor.DType;
import java.util.Optional;

/**
 * One GPU as its vendor and its owners describe it.
 *
 * @param name such as {@code RTX 4090}
 * @param memory nominal, in GiB, which vendors write as GB
 * @param usable GiB that a process can allocate from
 * @param bandwidth GB/s of its memory
 * @param bf16 dense TFLOP/s of matrix products
 * @param fp32 TFLOP/s without matrix units
 * @param pcie generation of its bus
 * @param link GB/s in one direction to another card of the same machine
 * @param capability compute capability such as {@code 8.9}, {@code amd} for none
 * @param host architecture of the processor beside it
 * @param watts of the board
 * @param launchDollars list price at launch, where there was one
 * @param driverName as the driver reports it
 */
public record Gpu(
        String name,
        Figure memory,
        Figure usable,
        Figure bandwidth,
        Figure bf16,
        Figure fp32,
        Figure pcie,
        Figure link,
        String capability,
        String host,
        Figure watts,
        Optional<Figure> launchDollars,
        String driverName) {
    private static final double GIB = 1L << 30;

    /** Bytes that a process can allocate from. */
    public long usableBytes() {
        return (long) (usable.value() * GIB);
    }

    /** Peak rate of matrix products in {@code dtype}, in FLOP/s. */
    public double peakFlops(DType dtype) {
        return (dtype == DType.BF16 ? bf16 : fp32).value() * 1e12;
    }

    /** Why Hone cannot train in {@code dtype} on this card at all; empty when it can. */
    public Optional<String> refusal(DType dtype) {
        if (capability.equals("amd")) {
            return Optional.of("it does not run CUDA");
        }
        if (!host.equals("x86-64")) {
            return Optional.of("its processor is %s; Hone runs CUDA on x86-64".formatted(host));
        }
        double number = Double.parseDouble(capability);
        if (number < 7.5) {
            return Optional.of(
                    "compute capability %s has no bf16, and libtorch for CUDA 13 starts at 7.5"
                            .formatted(capability));
        }
        if (dtype == DType.BF16 && number < 8) {
            return Optional.of(
                    "compute capability %s has no bf16; it starts at 8.0".formatted(capability));
        }
        return Optional.empty();
    }
}
