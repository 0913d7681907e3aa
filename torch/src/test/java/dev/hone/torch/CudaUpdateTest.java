package dev.hone.torch;

import dev.hone.torch.KernelsAgreement.Engine;
import org.junit.jupiter.api.Tag;

/** Updates by the kernels of CUDA cards, on a card. */
@Tag("gpu")
final class CudaUpdateTest extends UpdatesAgreement {
    @Override
    Engine engine() {
        CudaCard card = CudaCard.open(0);
        return new Engine(card.primitives(), card.kernels(), card);
    }
}
