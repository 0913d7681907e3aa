package dev.hone.model;

/**
 * Where the frozen weights of a model are.
 *
 * @param streamed number of layers that are off the device, spread evenly over the model
 * @param away where those are
 * @param embeddingOnHost whether rows of the embedding are looked up in memory of the host; for
 *     models whose head is another table
 */
public record Placements(int streamed, Placement away, boolean embeddingOnHost) {
    /** Everything on the device. */
    public static final Placements DEVICE = new Placements(0, Placement.HOST, false);

    public Placements {
        if (streamed < 0) {
            throw new IllegalArgumentException("streamed layers: found " + streamed);
        }
    }

    /** All layers in this place. */
    public static Placements all(Placement place) {
        return all(place, false);
    }

    /** All layers in this place, and where the embedding is. */
    public static Placements all(Placement place, boolean embeddingOnHost) {
        return place == Placement.DEVICE
                ? new Placements(0, Placement.HOST, embeddingOnHost)
                : new Placements(Integer.MAX_VALUE, place, embeddingOnHost);
    }

    /** Where layers are, if all of them are in one place. */
    public Placement weights() {
        return streamed > 0 ? away : Placement.DEVICE;
    }

    /** Where the embedding is. */
    public Placement embedding() {
        return embeddingOnHost ? Placement.HOST : Placement.DEVICE;
    }

    /** Where the layer of this index is, of a model of so many. */
    public Placement of(int layer, int layers) {
        long away = Math.min(streamed, layers);
        boolean here = (layer + 1) * away / layers == layer * away / layers;
        return here ? Placement.DEVICE : this.away;
    }

    /** For people: how many layers are where; empty when all are on the device. */
    public String describe(int layers) {
        int off = Math.min(streamed, layers);
        String place = away == Placement.HOST ? "host memory" : "disk";
        String text = off == 0 ? "" : "%d of %d layers from %s".formatted(off, layers, place);
        if (!embeddingOnHost) {
            return text;
        }
        return text.isEmpty() ? "embedding in host memory" : text + ", embedding in host memory";
    }
}
