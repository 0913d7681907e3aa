package dev.hone.model;

import dev.hone.tensor.Tensor;
import java.util.function.Consumer;

/** The adapter of one linear layer. */
sealed interface LowRank permits Lora, Dora {

    /** What a forward keeps for its backward, besides the layer's input. */
    sealed interface Kept permits Lora.Kept, Dora.Kept {

        void forEach(Consumer<Tensor> visit);
    }

    /** Visits every parameter, those that no optimizer updates among them. */
    void forEachParameter(Consumer<Parameter> visit);
}
