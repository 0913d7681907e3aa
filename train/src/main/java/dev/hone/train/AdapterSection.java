package dev.hone.train;

import dev.hone.data.Suggestion;
import dev.hone.model.AdapterStart;
import dev.hone.model.LinearModule;
import dev.hone.model.LoraSpec;
import dev.hone.model.ModelException;
import dev.hone.model.ModuleSizes;
import dev.hone.model.PeftAdapter;
import dev.hone.model.Quantization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** The section {@code adapter} of a run file, read and written. */
final class AdapterSection {
    private static final double NO_LIMIT = Double.MAX_VALUE;

    /** What an adapter in a folder has already. */
    private static final List<String> ITS_OWN =
            List.of("rank", "alpha", "targets", "rslora", "modules", "dora", "start");

    private final Path file;
    private final Function<String, Path> path;

    /**
     * @param path makes a path of a text, relative to the run file's folder
     */
    AdapterSection(Path file, Function<String, Path> path) {
        this.file = file;
        this.path = path;
    }

    RunFile.Method.Lora read(Settings adapter, Optional<Quantization> quantization) {
        Optional<Path> from = adapter.text("from").map(path);
        if (from.isPresent()) {
            return continued(adapter, from.get(), quantization);
        }
        int rank = adapter.integer("rank", 1).orElse(16);
        List<String> targets = adapter.texts("targets").orElse(List.of(LoraSpec.ALL_LINEAR));
        try {
            LoraSpec spec =
                    new LoraSpec(
                            rank,
                            adapter.real("alpha", 0, NO_LIMIT).orElse(2.0 * rank),
                            adapter.real("dropout", 0, 1).orElse(0.0),
                            targets,
                            adapter.flag("rslora").orElse(false),
                            sizes(adapter.section("modules"), targets),
                            adapter.flag("dora").orElse(false));
            return new RunFile.Method.Lora(
                    spec, Optional.empty(), quantization, start(adapter, spec, quantization));
        } catch (ModelException e) {
            throw new RunFileException(file + ": " + e.getMessage());
        }
    }

    private RunFile.Method.Lora continued(
            Settings adapter, Path from, Optional<Quantization> quantization) {
        for (String key : ITS_OWN) {
            if (adapter.has(key)) {
                throw adapter.refuse(
                        key, "the adapter that 'from' names has its own; leave one of the two out");
            }
        }
        try (PeftAdapter stored = PeftAdapter.open(from)) {
            Optional<Quantization> base = stored.base();
            if (base.isPresent() && !base.equals(quantization)) {
                throw adapter.refuse(
                        "from",
                        "%s makes up for what quantizing its base took away; it goes with method qlora and %s"
                                .formatted(from, describe(base.get())));
            }
            double dropout = adapter.real("dropout", 0, 1).orElse(stored.spec().dropout());
            return new RunFile.Method.Lora(
                    stored.spec().withDropout(dropout),
                    Optional.of(from),
                    quantization,
                    base.isPresent() ? AdapterStart.LOFTQ : AdapterStart.DEFAULT);
        }
    }

    private static String describe(Quantization quantization) {
        return switch (quantization) {
            case Quantization.Nf4(boolean doubled) -> "quantization.double: " + doubled;
            case Quantization.Int8 _ -> "quantization.type: int8";
        };
    }

    private static AdapterStart start(
            Settings adapter, LoraSpec spec, Optional<Quantization> quantization) {
        AdapterStart start =
                adapter.choice("start", AdapterStart.class).orElse(AdapterStart.DEFAULT);
        if (start == AdapterStart.PISSA && quantization.isPresent()) {
            throw adapter.refuse(
                    "start",
                    "pissa takes its start away from the base, and what is left would be quantized: a base that nobody else has, so that the adapter would go with no other; use loftq, which leaves the base as it is quantized anyway, or method lora");
        }
        if (start == AdapterStart.PISSA && spec.dora()) {
            throw adapter.refuse(
                    "start",
                    "pissa takes its start away from the base and is saved as the difference from it, which is a plain LoRA and cannot be a DoRA; leave out dora, or use another start");
        }
        if (start == AdapterStart.LOFTQ && quantization.isEmpty()) {
            throw adapter.refuse(
                    "start",
                    "loftq makes up for what quantizing the base takes away; it is for method qlora");
        }
        return start;
    }

    /**
     * Sizes under the names of modules. They become patterns of which the first that matches
     * counts, so that longer names, which say more, go first.
     */
    private static ModuleSizes sizes(Settings modules, List<String> targets) {
        Map<String, Settings> named = new LinkedHashMap<>();
        for (String key : modules.keys()) {
            collect(modules, key, key, targets, named);
        }
        List<String> names = new ArrayList<>(named.keySet());
        names.sort(Comparator.comparingInt(name -> -segments(name).size()));
        Map<String, Integer> ranks = new LinkedHashMap<>();
        Map<String, Double> alphas = new LinkedHashMap<>();
        for (String name : names) {
            Settings size = named.getOrDefault(name, modules);
            size.integer("rank", 1).ifPresent(rank -> ranks.put(name, rank));
            size.real("alpha", 0, NO_LIMIT).ifPresent(alpha -> alphas.put(name, alpha));
        }
        return new ModuleSizes(ranks, alphas);
    }

    /** Of {@code layers.0.mlp}, a section in a section is the same as a key with a dot. */
    private static void collect(
            Settings parent,
            String key,
            String name,
            List<String> targets,
            Map<String, Settings> named) {
        Settings inner = parent.section(key);
        List<String> deeper = inner.keys().stream().filter(inner::isSection).toList();
        if (inner.keys().isEmpty()) {
            throw parent.refuse(key, "give rank, alpha or both");
        }
        if (deeper.size() < inner.keys().size()) {
            requireModule(parent, key, name, targets);
            if (named.put(name, inner) != null) {
                throw parent.refuse(key, "'%s' has a size already".formatted(name));
            }
        }
        for (String next : deeper) {
            collect(inner, next, name + "." + next, targets, named);
        }
    }

    private static void requireModule(
            Settings parent, String key, String name, List<String> targets) {
        List<String> segments = segments(name);
        String last = segments.getLast();
        if (!LoraSpec.LINEAR_LAYERS.contains(last)) {
            throw parent.refuse(
                    key,
                    "no linear layer is named '%s'; %s"
                            .formatted(
                                    last,
                                    Suggestion.nearest(last, LoraSpec.LINEAR_LAYERS)
                                            .map("did you mean '%s'?"::formatted)
                                            .orElse(
                                                    "expected one of "
                                                            + String.join(
                                                                    ", ",
                                                                    LoraSpec.LINEAR_LAYERS))));
        }
        String layer = segments.size() < 3 ? "0" : segments.get(segments.size() - 3);
        List<String> whole = List.of("model", "layers", layer, LinearModule.parent(last), last);
        boolean right =
                segments.size() <= whole.size()
                        && segments.equals(
                                whole.subList(whole.size() - segments.size(), whole.size()))
                        && layer.matches("\\d{1,9}");
        if (!right) {
            throw parent.refuse(
                    key,
                    "expected %s or layers.0.%s.%s, say, found '%s'"
                            .formatted(last, LinearModule.parent(last), last, name));
        }
        if (!targets.contains(LoraSpec.ALL_LINEAR) && !targets.contains(last)) {
            throw parent.refuse(
                    key,
                    "%s gets no adapter: adapter.targets is %s"
                            .formatted(last, String.join(", ", targets)));
        }
    }

    private static List<String> segments(String name) {
        return List.of(name.split("\\.", -1));
    }

    /** The section with every default written out. */
    static Map<String, Object> of(RunFile.Method.Lora lora) {
        Map<String, Object> adapter = new LinkedHashMap<>();
        LoraSpec spec = lora.spec();
        if (lora.from().isPresent()) {
            adapter.put("from", lora.from().get().toString());
        } else {
            adapter.put("rank", spec.rank());
            adapter.put("alpha", spec.alpha());
            adapter.put("targets", spec.targets());
            adapter.put("rslora", spec.rankStabilized());
            Map<String, Object> modules = modules(spec.sizes());
            if (!modules.isEmpty()) {
                adapter.put("modules", modules);
            }
            adapter.put("dora", spec.dora());
            adapter.put("start", lora.start().name().toLowerCase(Locale.ROOT));
        }
        adapter.put("dropout", spec.dropout());
        return adapter;
    }

    private static Map<String, Object> modules(ModuleSizes sizes) {
        Map<String, Object> modules = new TreeMap<>();
        Stream.concat(sizes.ranks().keySet().stream(), sizes.alphas().keySet().stream())
                .forEach(name -> {
                    Map<String, Object> size = new LinkedHashMap<>();
                    if (sizes.ranks().containsKey(name)) {
                        size.put("rank", sizes.ranks().get(name));
                    }
                    if (sizes.alphas().containsKey(name)) {
                        size.put("alpha", sizes.alphas().get(name));
                    }
                    modules.put(name, size);
                });
        return modules;
    }
}
