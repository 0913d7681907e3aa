package dev.hone.train;

import dev.hone.model.KeepPolicy;
import java.util.ArrayList;
import java.util.List;

/**
 * How many layers of a model are of which kind.
 *
 * @param blocks of neighbours of one kind, from the first layer to the last
 */
public record Mix(List<Block> blocks) {

    /** So many layers of one kind, one behind the other. */
    public record Block(LayerKind kind, int layers) {}

    /** The layers of a model under a policy. */
    public static Mix of(KeepPolicy policy, int layers) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            LayerKind kind = LayerKind.of(policy, i);
            int last = blocks.size() - 1;
            if (last >= 0 && blocks.get(last).kind().equals(kind)) {
                blocks.set(last, new Block(kind, blocks.get(last).layers() + 1));
            } else {
                blocks.add(new Block(kind, 1));
            }
        }
        return new Mix(List.copyOf(blocks));
    }
}
