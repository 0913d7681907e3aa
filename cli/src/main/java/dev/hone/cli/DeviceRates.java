package dev.hone.cli;

import dev.hone.plan.Calibration;
import dev.hone.plan.CalibrationBook;
import dev.hone.plan.Gpu;
import dev.hone.plan.GpuCatalogue;
import dev.hone.plan.Rates;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Tensor;
import dev.hone.torch.Hardware;
import java.nio.file.Path;
import java.util.Optional;

/** What this device does a second, found by trying, and what calibrations call it. */
final class DeviceRates {
    private static final long ELEMENTS = 16 << 20;
    private static final int TRIES = 5;
    private static final int SMALL_CALLS = 500;

    private DeviceRates() {}

    /** Rates of the device behind {@code ops}, in some tenths of a second. */
    static Rates measure(Ops ops, DType dtype) {
        return new Rates(MatmulPeak.quick(ops, dtype), bytesPerSecond(ops), secondsPerCall(ops));
    }

    /** Of a copy between two tensors that no cache holds. */
    private static double bytesPerSecond(Ops ops) {
        double best = 0;
        try (Scope _ = ops.scope()) {
            Tensor from = ops.empty(DType.F32, ELEMENTS);
            Tensor into = ops.empty(DType.F32, ELEMENTS);
            ops.fill(from, 1);
            ops.fill(into, 0);
            for (int i = 0; i < TRIES; i++) {
                long start = System.nanoTime();
                ops.copy(from, into);
                settle(ops, into);
                best = Math.max(best, 2.0 * from.bytes() / ((System.nanoTime() - start) / 1e9));
            }
        }
        return best;
    }

    private static double secondsPerCall(Ops ops) {
        double best = Double.POSITIVE_INFINITY;
        try (Scope _ = ops.scope()) {
            Tensor small = ops.empty(DType.F32, 16);
            ops.fill(small, 1);
            for (int i = 0; i < TRIES; i++) {
                long start = System.nanoTime();
                for (int call = 0; call < SMALL_CALLS; call++) {
                    ops.scaleInPlace(small, 1);
                }
                settle(ops, small);
                best = Math.min(best, (System.nanoTime() - start) / 1e9 / SMALL_CALLS);
            }
        }
        return best;
    }

    /** Waits for the device. */
    private static void settle(Ops ops, Tensor tensor) {
        ops.floats(ops.rows(tensor, 0, 1));
    }

    /** The catalogue's card behind {@code device}, when it is in there. */
    static Optional<Gpu> gpu(Device device) {
        return device.kind() == Device.Kind.CPU
                ? Optional.empty()
                : Hardware.detect().gpus().stream()
                        .filter(g -> g.index() == device.index())
                        .findFirst()
                        .flatMap(g -> GpuCatalogue.load().find(g.name()));
    }

    /** The name that a calibration of this device goes by. */
    static String name(Device device) {
        return gpu(device).map(Gpu::name).orElseGet(() -> Hardware.detect().processor());
    }

    /** What was measured on this device before, else what stands for its kind. */
    static Calibration calibration(Device device, DType dtype) {
        return CalibrationBook.with(userFile())
                .find(
                        name(device),
                        dtype == DType.BF16 ? "bf16" : "fp32",
                        device.kind() == Device.Kind.CPU
                                ? Calibration.ANY_PROCESSOR
                                : Calibration.ANY_GPU);
    }

    /** Where this user's calibrations are. */
    static Path userFile() {
        return CalibrationBook.userFile(System.getenv(), Path.of(System.getProperty("user.home")));
    }
}
