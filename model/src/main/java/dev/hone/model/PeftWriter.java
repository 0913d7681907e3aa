package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Writes adapter folders that PEFT reads, in fp32. */
public final class PeftWriter {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private PeftWriter() {}

    /**
     * What {@code adapter_config.json} says besides the adapter's size.
     *
     * @param model what {@code base_model_name_or_path} says
     * @param start what the adapter began as
     * @param base how the base must be stored that the adapter goes with, empty where any will do
     */
    public record Origin(String model, AdapterStart start, Optional<Quantization> base) {}

    /** Writes the decoder's adapter as it is. */
    public static void write(Path folder, Decoder decoder, LoraSpec spec, Origin origin)
            throws IOException {
        List<SafetensorsWriter.Content> contents = new ArrayList<>();
        decoder.forEachParameter(parameter -> {
            String name = parameter.name();
            if (name.endsWith(PeftAdapter.A)
                    || name.endsWith(PeftAdapter.B)
                    || name.endsWith(PeftAdapter.MAGNITUDE)) {
                Tensor tensor = parameter.best();
                contents.add(
                        new SafetensorsWriter.Content(
                                name,
                                tensor.dtype(),
                                tensor.shape(),
                                () -> decoder.ops().bytes(tensor)));
            }
        });
        write(folder, contents, spec, origin);
    }

    /**
     * Writes what the decoder's adapter has become beyond its start, s·B·A − s·B₀·A₀, as a plain
     * adapter of twice the rank: [B −B₀]·[A; A₀]. For a base from which the start was taken away:
     * the result goes with the base as it was before.
     *
     * @param start A₀ and B₀
     */
    public static void writeDifference(
            Path folder, Decoder decoder, LoraSpec spec, WeightSource start, String model)
            throws IOException {
        List<SafetensorsWriter.Content> contents = new ArrayList<>();
        decoder.forEachParameter(parameter -> {
            String name = parameter.name();
            Shape shape = parameter.best().shape();
            if (name.endsWith(PeftAdapter.A)) {
                contents.add(
                        new SafetensorsWriter.Content(
                                name,
                                DType.F32.name(),
                                Shape.of(2 * shape.dim(0), shape.dim(1)),
                                () -> below(decoder.ops(), parameter, start)));
            } else if (name.endsWith(PeftAdapter.B)) {
                contents.add(
                        new SafetensorsWriter.Content(
                                name,
                                DType.F32.name(),
                                Shape.of(shape.dim(0), 2 * shape.dim(1)),
                                () -> besideNegated(decoder.ops(), parameter, start)));
            }
        });
        write(
                folder,
                contents,
                spec.doubled(),
                new Origin(model, AdapterStart.PISSA, Optional.empty()));
    }

    /** [A; A₀]. */
    private static MemorySegment below(Ops ops, Parameter parameter, WeightSource start) {
        float[] now = ops.floats(parameter.best());
        float[] then = before(ops, parameter, start);
        float[] both = new float[2 * now.length];
        System.arraycopy(now, 0, both, 0, now.length);
        System.arraycopy(then, 0, both, now.length, now.length);
        return MemorySegment.ofArray(both);
    }

    /** [B −B₀]. */
    private static MemorySegment besideNegated(Ops ops, Parameter parameter, WeightSource start) {
        float[] now = ops.floats(parameter.best());
        float[] then = before(ops, parameter, start);
        int rank = Math.toIntExact(parameter.best().dim(1));
        float[] both = new float[2 * now.length];
        for (int i = 0; i < now.length; i++) {
            int at = i / rank * 2 * rank + i % rank;
            both[at] = now[i];
            both[at + rank] = -then[i];
        }
        return MemorySegment.ofArray(both);
    }

    private static float[] before(Ops ops, Parameter parameter, WeightSource start) {
        try (Scope _ = ops.scope()) {
            Shape shape = parameter.best().shape();
            return ops.floats(start.load(ops, parameter.name(), shape, DType.F32));
        }
    }

    /**
     * Writes tensors that are asked for one by one.
     *
     * @param contents under the names of the modules
     */
    static void write(
            Path folder, List<SafetensorsWriter.Content> contents, LoraSpec spec, Origin origin)
            throws IOException {
        Files.createDirectories(folder);
        List<SafetensorsWriter.Content> named =
                contents.stream()
                        .map(c ->
                                new SafetensorsWriter.Content(
                                        PeftAdapter.PREFIX + c.name(),
                                        c.dtype(),
                                        c.shape(),
                                        c.bytes()))
                        .toList();
        Map<String, String> metadata = new LinkedHashMap<>(Map.of("format", "pt"));
        origin.base().ifPresent(base -> metadata.put(PeftAdapter.BASE, name(base)));
        SafetensorsWriter.write(folder.resolve(PeftAdapter.WEIGHTS), named, metadata);
        List<String> paths =
                contents.stream()
                        .map(SafetensorsWriter.Content::name)
                        .filter(name -> name.endsWith(PeftAdapter.A))
                        .map(name -> name.substring(0, name.length() - PeftAdapter.A.length()))
                        .toList();
        Files.writeString(folder.resolve(PeftAdapter.CONFIG), config(spec, paths, origin));
    }

    private static String name(Quantization base) {
        return switch (base) {
            case Quantization.Nf4(boolean doubled) ->
                    doubled ? PeftAdapter.NF4_DOUBLE : PeftAdapter.NF4;
            case Quantization.Int8 _ -> PeftAdapter.INT8;
        };
    }

    /**
     * The keys that every PEFT since 0.3 knows, and of the others those that are used.
     *
     * <p>{@code init_lora_weights} is never the name of a start that changes the base: PEFT would
     * change it again when it loads the adapter.
     */
    private static String config(LoraSpec spec, List<String> paths, Origin origin) {
        Map<String, Object> keys = new TreeMap<>();
        keys.put("base_model_name_or_path", origin.model());
        keys.put("bias", "none");
        keys.put("fan_in_fan_out", false);
        keys.put("inference_mode", true);
        keys.put("init_lora_weights", origin.start() == AdapterStart.GAUSSIAN ? "gaussian" : true);
        keys.put("lora_alpha", whole(spec.alpha()));
        keys.put("lora_dropout", spec.dropout());
        keys.put("peft_type", "LORA");
        keys.put("r", spec.rank());
        keys.put("target_modules", spec.modules());
        keys.put("task_type", "CAUSAL_LM");
        Map<String, Object> ranks = pattern(paths, path -> spec.size(path).rank(), spec.rank());
        if (!ranks.isEmpty()) {
            keys.put("rank_pattern", ranks);
        }
        Map<String, Object> alphas =
                pattern(paths, path -> whole(spec.size(path).alpha()), whole(spec.alpha()));
        if (!alphas.isEmpty()) {
            keys.put("alpha_pattern", alphas);
        }
        if (spec.rankStabilized()) {
            keys.put("use_rslora", true);
        }
        if (spec.dora()) {
            keys.put("use_dora", true);
        }
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(keys) + "\n";
    }

    /**
     * The modules whose value is not {@code usual}: by name where it is the same in every layer,
     * else by path. No two keys match the same module, because PEFT takes the first that does and
     * sorts them when it saves.
     */
    private static Map<String, Object> pattern(
            List<String> paths, Function<String, Number> value, Number usual) {
        Map<String, Object> pattern = new TreeMap<>();
        Map<String, List<String>> byName =
                paths.stream()
                        .collect(
                                Collectors.groupingBy(
                                        path -> path.substring(path.lastIndexOf('.') + 1),
                                        HashMap::new,
                                        Collectors.toList()));
        byName.forEach((name, all) -> {
            List<Number> values = all.stream().map(value).distinct().toList();
            if (values.size() == 1) {
                if (!values.getFirst().equals(usual)) {
                    pattern.put(name, values.getFirst());
                }
                return;
            }
            for (String path : all) {
                if (!value.apply(path).equals(usual)) {
                    pattern.put(path, value.apply(path));
                }
            }
        });
        return pattern;
    }

    private static Number whole(double value) {
        if (value == Math.rint(value)) {
            return (long) value;
        }
        return value;
    }
}
