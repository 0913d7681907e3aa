package dev.hone.train;

import dev.hone.model.Keep;
import dev.hone.model.KeepPolicy;

/**
 * How one layer is held while a run trains. Layers of a kind are alike. A further way of holding a
 * layer is a further value of a component, or a further component that {@link #of} reads and {@link
 * #everywhere} sets.
 *
 * @param keep what it keeps of its forward
 */
public record LayerKind(Keep keep) {

    /** The kind of the layer at {@code index}. */
    static LayerKind of(KeepPolicy policy, int index) {
        return new LayerKind(policy.of(index));
    }

    /** The policy under which every layer is of this kind. */
    public KeepPolicy everywhere() {
        return KeepPolicy.all(keep);
    }
}
