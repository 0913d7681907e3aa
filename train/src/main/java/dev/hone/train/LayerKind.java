package dev.hone.train;

import dev.hone.model.Holding;
import dev.hone.model.Keep;
import dev.hone.model.KeepPolicy;
import dev.hone.model.Placement;
import dev.hone.model.Placements;

/**
 * How one layer is held while a run trains. Layers of a kind are alike. A further way of holding a
 * layer is a further value of a component, or a further component that {@link #of} reads and {@link
 * #everywhere} sets.
 *
 * @param keep what it keeps of its forward
 * @param weights where its frozen matrices are
 * @param embeddingOnHost of the model it is in
 */
public record LayerKind(Keep keep, Placement weights, boolean embeddingOnHost) {

    /** The kind of the layer at {@code index} of so many. */
    static LayerKind of(Holding holding, int index, int layers) {
        Placements placements = holding.placements();
        return new LayerKind(
                holding.keep().of(index),
                placements.of(index, layers),
                placements.embeddingOnHost());
    }

    /** A model all of whose layers are of this kind. */
    public Holding everywhere() {
        return new Holding(KeepPolicy.all(keep), Placements.all(weights, embeddingOnHost));
    }
}
