package dev.hone.torch;

import dev.hone.tensor.ComposedKernels;
import dev.hone.tensor.Kernels;
import java.util.Optional;

/** Chooses the kernels of a processor's engine, and says how to get faster ones. */
final class KernelChoice {
    private static final System.Logger LOG = System.getLogger(KernelChoice.class.getName());
    private static final String VECTORS = "jdk.incubator.vector";

    private KernelChoice() {}

    static Kernels onCpu(TorchPrimitives primitives, int threads) {
        Optional<String> reason = whyNotFused();
        if (reason.isPresent()) {
            LOG.log(System.Logger.Level.WARNING, "kernels are slow: " + reason.get());
            return new ComposedKernels(primitives);
        }
        return new CpuKernels(new ComposedKernels(primitives), threads);
    }

    /** Why the processor's fused kernels cannot run and what to do, empty when they can. */
    static Optional<String> whyNotFused() {
        return whyNotFused(ModuleLayer.boot());
    }

    static Optional<String> whyNotFused(ModuleLayer layer) {
        return layer.findModule(VECTORS).isPresent()
                ? Optional.empty()
                : Optional.of(
                        "%s is not in the boot layer: start Java with --add-modules=%s"
                                .formatted(VECTORS, VECTORS));
    }
}
