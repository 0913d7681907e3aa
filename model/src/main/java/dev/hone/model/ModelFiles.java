package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * The weights of a Hugging Face model folder: {@code model.safetensors}, or the shards that {@code
 * model.safetensors.index.json} names. Never pickle.
 */
public final class ModelFiles implements WeightSource {
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private final Path folder;
    private final Map<String, SafetensorsFile.Entry> tensors = new HashMap<>();
    private final Map<Path, SafetensorsFile> files = new LinkedHashMap<>();

    private ModelFiles(Path folder) {
        this.folder = folder;
    }

    /** Opens and checks every weight file of the folder. */
    public static ModelFiles open(Path folder) {
        ModelFiles files = new ModelFiles(folder);
        try {
            files.openAll();
            return files;
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /** Whether the folder holds weights, not only a config. */
    public static boolean present(Path folder) {
        return Files.exists(folder.resolve(SINGLE)) || Files.exists(folder.resolve(INDEX));
    }

    private void openAll() {
        Path index = folder.resolve(INDEX);
        if (Files.exists(folder.resolve(SINGLE))) {
            add(folder.resolve(SINGLE)).entries().forEach(tensors::put);
        } else if (Files.exists(index)) {
            openShards(index);
        } else {
            String pickle =
                    Files.exists(folder.resolve("pytorch_model.bin"))
                            ? "; pytorch_model.bin is a pickle, which can run code and is never read: convert it to safetensors"
                            : "";
            throw new ModelException(
                    "%s: no weights: expected %s or %s%s".formatted(folder, SINGLE, INDEX, pickle));
        }
    }

    private void openShards(Path index) {
        JsonNode map = ConfigJson.read(index).node().path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new ModelException(
                    index + ": key 'weight_map': expected an object of tensor names");
        }
        TreeSet<String> shards = new TreeSet<>();
        map.properties().forEach(e -> shards.add(e.getValue().asString()));
        List<String> missing =
                shards.stream().filter(s -> !Files.exists(folder.resolve(s))).toList();
        if (!missing.isEmpty()) {
            throw new ModelException(
                    "%s: shard %s is named here but is not in the folder (%d of %d shards missing); fetch it again"
                            .formatted(index, missing.getFirst(), missing.size(), shards.size()));
        }
        for (String shard : shards) {
            add(folder.resolve(shard));
        }
        map.properties()
                .forEach(e ->
                        tensors.put(
                                e.getKey(),
                                file(folder.resolve(e.getValue().asString())).require(e.getKey())));
    }

    private SafetensorsFile add(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        files.put(path, file);
        return file;
    }

    private SafetensorsFile file(Path path) {
        SafetensorsFile file = files.get(path);
        if (file == null) {
            throw new IllegalStateException(path + " was not opened");
        }
        return file;
    }

    @Override
    public Tensor load(Ops ops, String name, Shape shape, DType dtype) {
        Optional<QuantizedFile> stored = QuantizedFile.find(folder, tensors, name);
        if (stored.isPresent()) {
            try (Scope scope = ops.scope();
                    QuantizedMatrix matrix = stored.get().load(ops, shape)) {
                return scope.keep(ops.dequantize(matrix, dtype));
            }
        }
        return load(ops, folder, entry(name, shape), dtype);
    }

    /** Of every tensor in the folder. */
    Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    /** The stored tensor of this name and shape. */
    SafetensorsFile.Entry entry(String name, Shape shape) {
        SafetensorsFile.Entry entry = require(name);
        if (!entry.shape().equals(shape)) {
            throw new ModelException(
                    "%s: tensor '%s' has shape %s, config.json asks for %s"
                            .formatted(folder, name, entry.shape(), shape));
        }
        return entry;
    }

    @Override
    public QuantizedMatrix loadQuantized(Ops ops, String name, Shape shape, Quantization kind) {
        Optional<QuantizedFile> stored = QuantizedFile.find(folder, tensors, name);
        if (stored.isPresent()) {
            return stored.get().require(kind).load(ops, shape);
        }
        HostValues values = HostValues.of(folder, entry(name, shape));
        return Quantizer.of(kind).quantize(ops, name, values, shape);
    }

    @Override
    public boolean inFull(String name) {
        return QuantizedFile.find(folder, tensors, name).isEmpty();
    }

    @Override
    public List<MemorySegment> mapped(String name, List<Tensor> loaded) {
        List<SafetensorsFile.Entry> stored =
                QuantizedFile.find(folder, tensors, name)
                        .map(QuantizedFile::parts)
                        .orElseGet(() -> List.of(require(name)));
        boolean same = stored.size() == loaded.size();
        for (int i = 0; same && i < loaded.size(); i++) {
            same =
                    stored.get(i).dtype().equals(loaded.get(i).dtype().name())
                            && stored.get(i).bytes().byteSize() == loaded.get(i).bytes();
        }
        if (!same) {
            throw new ModelException(
                    "%s: tensor '%s' is stored as %s and computed with in another form, so it cannot be streamed from disk; set memory.weights: host"
                            .formatted(folder, name, stored.getFirst().dtype()));
        }
        return stored.stream().map(SafetensorsFile.Entry::bytes).toList();
    }

    private SafetensorsFile.Entry require(String name) {
        SafetensorsFile.Entry entry = tensors.get(name);
        if (entry == null) {
            throw new ModelException("%s: tensor '%s' is missing".formatted(folder, name));
        }
        return entry;
    }

    /** Uploads an entry and converts it. */
    static Tensor load(Ops ops, Path path, SafetensorsFile.Entry entry, DType dtype) {
        DType stored = SafetensorsFile.loaded(path, entry);
        MemorySegment bytes = entry.dtype().equals("F16") ? widen(entry) : entry.bytes();
        if (stored == dtype) {
            return ops.upload(bytes, stored, entry.shape());
        }
        try (Scope scope = ops.scope()) {
            return scope.keep(ops.cast(ops.upload(bytes, stored, entry.shape()), dtype));
        }
    }

    private static MemorySegment widen(SafetensorsFile.Entry entry) {
        float[] wide = new float[Math.toIntExact(entry.shape().elements())];
        for (int i = 0; i < wide.length; i++) {
            short half = entry.bytes().get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i);
            wide[i] = Float.float16ToFloat(half);
        }
        return MemorySegment.ofArray(wide);
    }

    @Override
    public void close() {
        files.values().forEach(SafetensorsFile::close);
        files.clear();
        tensors.clear();
    }
}
