package dev.hone.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Ranks and alphas of single modules, where they differ from the adapter's: what PEFT calls {@code
 * rank_pattern} and {@code alpha_pattern} (peft, src/peft/utils/other.py, get_pattern_key).
 *
 * <p>A key is a regular expression that has to match a module's path to its end, from its start or
 * from behind any dot: {@code q_proj} is that of every layer, {@code layers.0.self_attn.q_proj}
 * that of the first. Of several keys that match the first counts.
 */
public record ModuleSizes(Map<String, Integer> ranks, Map<String, Double> alphas) {
    /** Every module has the adapter's. */
    public static final ModuleSizes NONE = new ModuleSizes(Map.of(), Map.of());

    public ModuleSizes {
        ranks = Collections.unmodifiableMap(new LinkedHashMap<>(ranks));
        alphas = Collections.unmodifiableMap(new LinkedHashMap<>(alphas));
        ranks.forEach((key, rank) -> {
            pattern("rank_pattern", key);
            if (rank < 1) {
                throw new ModelException(
                        "the rank of '%s' must be at least 1, found %d".formatted(key, rank));
            }
        });
        alphas.forEach((key, alpha) -> {
            pattern("alpha_pattern", key);
            if (!(alpha > 0)) {
                throw new ModelException(
                        "the alpha of '%s' must be greater than 0, found %s".formatted(key, alpha));
            }
        });
    }

    private static Pattern pattern(String where, String key) {
        try {
            return Pattern.compile("(.*\\.)?(" + key + ")$");
        } catch (PatternSyntaxException e) {
            throw new ModelException(
                    "%s: '%s' is not a regular expression: %s"
                            .formatted(where, key, e.getDescription()));
        }
    }

    /** The rank of the module at this path, if it has its own. */
    Optional<Integer> rank(String path) {
        return first(ranks, "rank_pattern", path);
    }

    /** The alpha of the module at this path, if it has its own. */
    Optional<Double> alpha(String path) {
        return first(alphas, "alpha_pattern", path);
    }

    private static <T> Optional<T> first(Map<String, T> values, String where, String path) {
        return values.entrySet().stream()
                .filter(entry -> pattern(where, entry.getKey()).matcher(path).lookingAt())
                .map(Map.Entry::getValue)
                .findFirst();
    }
}
