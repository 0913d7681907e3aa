package dev.hone.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which linear layers get an adapter, and of what size.
 *
 * @param rank R
 * @param alpha numerator of the scale alpha/R, or alpha/√R with {@code rankStabilized} (rsLoRA,
 *     arXiv 2312.03732)
 * @param dropout probability on the adapter's input, 0 for none
 * @param targets names such as {@code q_proj}, or the single entry {@code all-linear}
 * @param sizes ranks and alphas of modules that have their own
 * @param dora whether each adapter has a magnitude for every output too (DoRA, arXiv 2402.09353)
 */
public record LoraSpec(
        int rank,
        double alpha,
        double dropout,
        List<String> targets,
        boolean rankStabilized,
        ModuleSizes sizes,
        boolean dora) {
    /** The entry of {@code targets} that means every linear layer but the head. */
    public static final String ALL_LINEAR = "all-linear";

    /** The linear layers of a decoder layer, as Hugging Face names them. */
    public static final List<String> LINEAR_LAYERS =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

    private static final Pattern LAYER = Pattern.compile("(?:.*\\.)?(\\d+)\\..*");

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

    /** A plain adapter of one size everywhere. */
    public LoraSpec(
            int rank, double alpha, double dropout, List<String> targets, boolean rankStabilized) {
        this(rank, alpha, dropout, targets, rankStabilized, ModuleSizes.NONE, false);
    }

    /** The same with another dropout. */
    public LoraSpec withDropout(double other) {
        return new LoraSpec(rank, alpha, other, targets, rankStabilized, sizes, dora);
    }

    /** The same with twice the rank everywhere, and the same scales. */
    LoraSpec doubled() {
        double factor = rankStabilized ? Math.sqrt(2) : 2;
        Map<String, Integer> ranks = new LinkedHashMap<>();
        sizes.ranks().forEach((key, value) -> ranks.put(key, 2 * value));
        Map<String, Double> alphas = new LinkedHashMap<>();
        sizes.alphas().forEach((key, value) -> alphas.put(key, factor * value));
        return new LoraSpec(
                2 * rank,
                factor * alpha,
                dropout,
                targets,
                rankStabilized,
                new ModuleSizes(ranks, alphas),
                dora);
    }

    /**
     * The size of one module's adapter.
     *
     * @param scale s in y += s · B·A·x
     */
    public record Size(int rank, double alpha, double scale) {}

    /** The size of the adapter on the module at this path. */
    public Size size(String path) {
        int r = sizes.rank(path).orElse(rank);
        double a = sizes.alpha(path).orElse(alpha);
        return new Size(r, a, rankStabilized ? a / Math.sqrt(r) : a / r);
    }

    /** s of the modules that have no size of their own. */
    public double scale() {
        return rankStabilized ? alpha / Math.sqrt(rank) : alpha / rank;
    }

    /** The linear layers meant, each by its own name, in the model's order. */
    public List<String> modules() {
        return targets.contains(ALL_LINEAR)
                ? LINEAR_LAYERS
                : LINEAR_LAYERS.stream().filter(targets::contains).toList();
    }

    /** The modules of a model that get an adapter, in its order. */
    public List<LinearModule> modules(ModelConfig config) {
        List<String> names = modules();
        return LinearModule.of(config).stream().filter(m -> names.contains(m.name())).toList();
    }

    /** Whether a module has the same size in every layer of a model. */
    public boolean alikeInAllLayers(ModelConfig config) {
        if (sizes.equals(ModuleSizes.NONE)) {
            return true;
        }
        List<LinearModule> all = modules(config);
        int each = modules().size();
        return IntStream.range(0, all.size())
                .allMatch(i -> size(all.get(i).path()).equals(size(all.get(i % each).path())));
    }

    /**
     * Refuses a module with a size of its own that stands in a layer the model does not have.
     *
     * @throws ModelException that names it
     */
    public void requireLayersOf(ModelConfig config) {
        Stream.concat(sizes.ranks().keySet().stream(), sizes.alphas().keySet().stream())
                .forEach(key -> {
                    Matcher layer = LAYER.matcher(key);
                    if (layer.matches() && Long.parseLong(layer.group(1)) >= config.layers()) {
                        throw new ModelException(
                                "adapter.modules: '%s' is in none of the model's %d layers, 0 to %d"
                                        .formatted(key, config.layers(), config.layers() - 1));
                    }
                });
    }
}
