package dev.hone.torch;

import org.junit.jupiter.api.Tag;

/** The kernels of CUDA cards, on a card. */
@Tag("gpu")
final class CudaKernelsTest extends KernelsAgreement {
    @Override
    Engine engine() {
        CudaCard card = CudaCard.open(0);
        return new Engine(card.primitives(), card.kernels(), card);
    }
}
