package dev.hone.train;

import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import dev.hone.torch.TorchOps;

/** The engines that tests run on: the processor's, or with -Dhone.test.device=cuda a card's. */
final class Engines {
    private static final boolean CARD =
            System.getProperty("hone.test.device", "cpu").equals("cuda");

    private static final Device DEVICE = CARD ? Device.cuda(0) : Device.CPU;

    private Engines() {}

    static TorchOps fused() {
        return CARD ? TorchOps.cuda(0) : TorchOps.cpu(2);
    }

    static TorchOps composed() {
        return CARD ? TorchOps.cudaReference(0) : TorchOps.cpuReference(2);
    }

    /** What {@link #fused} allocates, on paper. */
    static CountingOps fusedOnPaper() {
        return CountingOps.of(DEVICE);
    }

    static CountingOps composedOnPaper() {
        return CountingOps.composed(DEVICE);
    }
}
