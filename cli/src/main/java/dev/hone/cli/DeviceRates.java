package dev.hone.cli;

import dev.hone.model.ModelConfig;
import dev.hone.plan.Calibration;
import dev.hone.plan.CalibrationBook;
import dev.hone.plan.Gpu;
import dev.hone.plan.GpuCatalogue;
import dev.hone.plan.Rates;
import dev.hone.plan.TimePlan;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import dev.hone.torch.Hardware;
import java.nio.file.Path;
import java.util.Optional;

/** What this device does a second, found by trying, and what calibrations call it. */
final class DeviceRates {
    private static final int MOST_TOKENS = 1024;
    private static final int SMALL_CALLS = 500;

    /** Fewest tries of a rate, and how long they take at least: a busy moment must pass. */
    private static final int TRIES = 8;

    private static final double TRIED_SECONDS = 0.1;

    /** Rates of an idle machine differ by less from time to time, in logarithms. */
    private static final double STEADY = Math.log(1.5);

    private DeviceRates() {}

    /** A card's of the catalogue as its vendor gives them, those of another device by trying. */
    static Rates of(Ops ops, DType dtype, ModelConfig config, int tokens) {
        return gpu(ops.device())
                .map(gpu -> Rates.of(gpu, dtype))
                .orElseGet(() -> measure(ops, dtype, config, tokens));
    }

    /**
     * Whether rates found at two times are of a machine that had nothing else to do, or as little.
     */
    static boolean agree(Rates a, Rates b) {
        return Math.abs(Math.log(a.flops() / b.flops())) < STEADY
                && Math.abs(Math.log(a.bytes() / b.bytes())) < STEADY;
    }

    /**
     * Rates of the device behind {@code ops} at the sizes of a model, in some tenths of a second:
     * small products and vectors reach less of a processor than large ones.
     *
     * @param tokens of a micro-batch
     */
    private static Rates measure(Ops ops, DType dtype, ModelConfig config, int tokens) {
        long rows = Math.min(tokens, MOST_TOKENS);
        return new Rates(
                flopsPerSecond(ops, dtype, rows, config),
                bytesPerSecond(ops, dtype, rows, config),
                secondsPerCall(ops));
    }

    /** Of the product of an MLP: [T, D] by [D, F]. */
    private static double flopsPerSecond(Ops ops, DType dtype, long rows, ModelConfig config) {
        try (Scope _ = ops.scope()) {
            Tensor x = random(ops, dtype, rows, config.hiddenSize(), 1);
            Tensor weight = random(ops, dtype, config.mlpWidth(), config.hiddenSize(), 2);
            double flops = 2.0 * rows * config.hiddenSize() * config.mlpWidth();
            return flops / leastSeconds(ops, () -> ops.linear(x, weight));
        }
    }

    /** Of tries one after the other. */
    private static double leastSeconds(Ops ops, Runnable operations) {
        double least = Double.POSITIVE_INFINITY;
        double spent = 0;
        for (int i = 0; i < TRIES || spent < TRIED_SECONDS; i++) {
            try (Scope _ = ops.scope()) {
                long start = System.nanoTime();
                operations.run();
                ops.finish();
                double seconds = (System.nanoTime() - start) / 1e9;
                least = Math.min(least, seconds);
                spent += seconds;
            }
        }
        return least;
    }

    /** Of a sum of two [T, F], libtorch's own: a kernel in Java would have to warm up first. */
    private static double bytesPerSecond(Ops ops, DType dtype, long rows, ModelConfig config) {
        try (Scope _ = ops.scope()) {
            Tensor a = random(ops, dtype, rows, config.mlpWidth(), 3);
            Tensor b = random(ops, dtype, rows, config.mlpWidth(), 4);
            return 3.0 * a.bytes() / leastSeconds(ops, () -> ops.add(a, b));
        }
    }

    private static Tensor random(Ops ops, DType dtype, long rows, long columns, long seed) {
        return ops.cast(ops.normal(DType.F32, Shape.of(rows, columns), 1, seed), dtype);
    }

    private static double secondsPerCall(Ops ops) {
        try (Scope _ = ops.scope()) {
            Tensor small = ops.empty(DType.F32, 16);
            ops.fill(small, 1);
            return leastSeconds(
                            ops,
                            () -> {
                                for (int call = 0; call < SMALL_CALLS; call++) {
                                    ops.scaleInPlace(small, 1);
                                }
                            })
                    / SMALL_CALLS;
        }
    }

    /** The catalogue's card behind {@code device}, when it is in there. */
    static Optional<Gpu> gpu(Device device) {
        return cardName(device).flatMap(name -> GpuCatalogue.load().find(name));
    }

    /** What the driver calls the card behind {@code device}; empty for a processor. */
    private static Optional<String> cardName(Device device) {
        return device.kind() == Device.Kind.CPU
                ? Optional.empty()
                : Hardware.detect().gpus().stream()
                        .filter(g -> g.index() == device.index())
                        .findFirst()
                        .map(Hardware.Gpu::name);
    }

    /** The name that a calibration of this device goes by. */
    static String name(Device device) {
        return cardName(device)
                .map(name -> GpuCatalogue.load().find(name).map(Gpu::name).orElse(name))
                .orElseGet(() -> Hardware.detect().processor());
    }

    /** What was measured on this device before, else what stands for its kind. */
    static Calibration calibration(Device device, DType dtype) {
        return CalibrationBook.with(userFile())
                .find(
                        name(device),
                        TimePlan.dtypeName(dtype),
                        device.kind() == Device.Kind.CPU
                                ? Calibration.ANY_PROCESSOR
                                : Calibration.ANY_GPU);
    }

    /** Where this user's calibrations are. */
    static Path userFile() {
        return CalibrationBook.userFile(System.getenv(), Path.of(System.getProperty("user.home")));
    }
}
