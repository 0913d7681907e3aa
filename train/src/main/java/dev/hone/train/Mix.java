package dev.hone.train;

import dev.hone.model.Holding;
import dev.hone.model.Placement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many layers of a model are of which kind.
 *
 * @param blocks of neighbours of one kind, from the first layer to the last
 */
public record Mix(List<Block> blocks) {

    /** So many layers of one kind, one behind the other. */
    public record Block(LayerKind kind, int layers) {}

    /** How many layers are of each kind. */
    Map<LayerKind, Integer> counts() {
        Map<LayerKind, Integer> counts = new LinkedHashMap<>();
        blocks.forEach(block -> counts.merge(block.kind(), block.layers(), Integer::sum));
        return counts;
    }

    /**
     * The kind that tells what is there besides layers: where some are streamed, the places on the
     * device that they pass through too.
     */
    LayerKind base() {
        return blocks.stream()
                .map(Block::kind)
                .filter(kind -> kind.weights() != Placement.DEVICE)
                .findFirst()
                .orElse(blocks.getFirst().kind());
    }

    /** The layers of a model that is held like this. */
    public static Mix of(Holding holding, int layers) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            LayerKind kind = LayerKind.of(holding, i, layers);
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
