package dev.hone.torch;

import dev.hone.tensor.AttentionSpec;
import dev.hone.tensor.FlashAttention;
import dev.hone.tensor.Ops.Attended;
import dev.hone.tensor.Ops.AttentionGradients;
import dev.hone.tensor.Tensor;

/** Stands where a card's attention would, in tests that do not attend. */
final class NoFlash implements FlashAttention.Library {

    @Override
    public Attended forward(FlashAttention.Inputs inputs, AttentionSpec spec) {
        throw new AssertionError("attention in one piece needs a card");
    }

    @Override
    public AttentionGradients backward(
            Tensor dOut, FlashAttention.Inputs inputs, Attended kept, AttentionSpec spec) {
        throw new AssertionError("attention in one piece needs a card");
    }
}
