package dev.hone.model;

import java.util.List;

/**
 * Which linear layers get an adapter, and of what size.
 *
 * @param rank R
 * @param alpha numerator of the scale alpha/R, or alpha/√R with {@code rankStabilized} (rsLoRA,
 *     arXiv 2312.03732)
 * @param dropout probability on the adapter's input, 0 for none
 * @param targets names such as {@code q_proj}, or the single entry {@code all-linear}
 */
public record LoraSpec(
        int rank, double alpha, double dropout, List<String> targets, boolean rankStabilized) {
    /** The entry of {@code targets} that means every linear layer but the head. */
    public static final String ALL_LINEAR = "all-linear";

    /** The linear layers of a decoder layer, as Hugging Face names them. */
    public static final List<String> LINEAR_LAYERS =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

    public LoraSpec {
        if (rank < 1) {
            throw new ModelException("adapter.rank must be at least 1, found " + rank);
        }
        if (!(alpha > 0)) {
            throw new ModelException("adapter.alpha must be greater than 0, found " + alpha);
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new ModelException(
                    "adapter.dropout must be at least 0 and less than 1, found " + dropout);
        }
        if (targets.isEmpty()) {
            throw new ModelException(
                    "adapter.targets is empty; name linear layers or write all-linear");
        }
        for (String target : targets) {
            if (!target.equals(ALL_LINEAR) && !LINEAR_LAYERS.contains(target)) {
                throw new ModelException(
                        "adapter.targets: no linear layer is named '%s'; expected all-linear or some of %s"
                                .formatted(target, String.join(", ", LINEAR_LAYERS)));
            }
        }
        targets = List.copyOf(targets);
    }

    /** s in y += s · B·A·x. */
    public double scale() {
        return rankStabilized ? alpha / Math.sqrt(rank) : alpha / rank;
    }

    /** The linear layers meant, each by its own name, in the model's order. */
    public List<String> modules() {
        return targets.contains(ALL_LINEAR)
                ? LINEAR_LAYERS
                : LINEAR_LAYERS.stream().filter(targets::contains).toList();
    }
}
