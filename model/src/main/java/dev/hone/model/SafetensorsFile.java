package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A safetensors file, mapped into memory and checked whole before any tensor is read: the header's
 * size and JSON, each tensor's dtype, shape and byte range, no gap, no overlap, nothing behind the
 * end (format: huggingface/safetensors, README and safetensors/src/tensor.rs).
 */
public final class SafetensorsFile implements AutoCloseable {
    private static final long LONGEST_HEADER = 100_000_000;
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private final Path path;
    private final Arena arena;
    private final Map<String, Entry> entries;
    private final Map<String, String> metadata;

    /**
     * One tensor of the file.
     *
     * @param dtype the file's name of the type, such as {@code BF16}
     * @param bytes the data, valid while the file is open
     */
    public record Entry(String name, String dtype, Shape shape, MemorySegment bytes) {}

    private SafetensorsFile(
            Path path, Arena arena, Map<String, Entry> entries, Map<String, String> metadata) {
        this.path = path;
        this.arena = arena;
        this.entries = entries;
        this.metadata = metadata;
    }

    /** Opens and checks a file; a {@link ModelException} says what is wrong with it. */
    public static SafetensorsFile open(Path path) {
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment file =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            SafetensorsFile result = parse(path, arena, file);
            opened = true;
            return result;
        } catch (IOException e) {
            throw new ModelException("%s: cannot be read: %s".formatted(path, e.getMessage()), e);
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    private static SafetensorsFile parse(Path path, Arena arena, MemorySegment file) {
        long size = file.byteSize();
        if (size < 8) {
            throw damaged(path, "it has %d bytes, fewer than a safetensors header".formatted(size));
        }
        long headerSize = file.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        if (headerSize < 2 || headerSize > LONGEST_HEADER) {
            throw damaged(
                    path, "its first 8 bytes give a header of %d bytes".formatted(headerSize));
        }
        if (8 + headerSize > size) {
            throw damaged(
                    path,
                    "the header promises %d bytes, the file has %d: it is truncated"
                            .formatted(8 + headerSize, size));
        }
        JsonNode header;
        try {
            header = MAPPER.readTree(file.asSlice(8, headerSize).toArray(ValueLayout.JAVA_BYTE));
        } catch (JacksonException e) {
            throw damaged(path, "the header is not valid JSON: " + e.getOriginalMessage());
        }
        if (!header.isObject()) {
            throw damaged(path, "the header is not a JSON object");
        }
        MemorySegment data = file.asSlice(8 + headerSize);
        Map<String, Entry> entries = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Range> ranges = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : header.properties()) {
            if (property.getKey().equals("__metadata__")) {
                property.getValue()
                        .properties()
                        .forEach(e -> metadata.put(e.getKey(), e.getValue().asString()));
            } else {
                Range range = range(path, property.getKey(), property.getValue());
                ranges.add(range);
                if (range.end() > data.byteSize()) {
                    throw damaged(
                            path,
                            "tensor '%s' ends at byte %d of the data, the file has %d: it is truncated"
                                    .formatted(range.name(), range.end(), data.byteSize()));
                }
                entries.put(
                        range.name(),
                        new Entry(
                                range.name(),
                                range.dtype(),
                                range.shape(),
                                data.asSlice(range.begin(), range.end() - range.begin())));
            }
        }
        checkContiguous(path, ranges, data.byteSize());
        return new SafetensorsFile(path, arena, entries, metadata);
    }

    private record Range(String name, String dtype, Shape shape, long begin, long end) {}

    private static Range range(Path path, String name, JsonNode node) {
        JsonNode offsets = node.path("data_offsets");
        JsonNode dims = node.path("shape");
        if (!node.path("dtype").isString()
                || !dims.isArray()
                || !offsets.isArray()
                || offsets.size() != 2) {
            throw damaged(path, "tensor '%s' lacks dtype, shape or data_offsets".formatted(name));
        }
        String dtype = node.get("dtype").asString();
        long[] extents = new long[dims.size()];
        for (int i = 0; i < extents.length; i++) {
            extents[i] = dims.get(i).asLong();
        }
        long begin = offsets.get(0).asLong();
        long end = offsets.get(1).asLong();
        try {
            Shape shape = Shape.of(extents);
            long bytes = Math.multiplyExact(shape.elements(), bytesOf(path, name, dtype));
            if (begin < 0 || end - begin != bytes) {
                throw damaged(
                        path,
                        "tensor '%s' of %s%s takes %d bytes, its data_offsets are [%d, %d]"
                                .formatted(name, dtype, shape, bytes, begin, end));
            }
            return new Range(name, dtype, shape, begin, end);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw damaged(path, "tensor '%s' has an impossible shape %s".formatted(name, dims));
        }
    }

    private static void checkContiguous(Path path, List<Range> ranges, long dataSize) {
        ranges.sort(Comparator.comparingLong(Range::begin).thenComparingLong(Range::end));
        long at = 0;
        for (Range range : ranges) {
            if (range.begin() != at) {
                throw damaged(
                        path,
                        "tensor '%s' starts at byte %d, expected %d: tensors overlap or leave a gap"
                                .formatted(range.name(), range.begin(), at));
            }
            at = range.end();
        }
        if (at != dataSize) {
            throw damaged(
                    path, "the tensors end at byte %d, the data at %d".formatted(at, dataSize));
        }
    }

    private static int bytesOf(Path path, String name, String dtype) {
        int bytes = bytesOf(dtype);
        if (bytes == 0) {
            throw new ModelException(
                    "%s: tensor '%s' has dtype %s, which is not known"
                            .formatted(path, name, dtype));
        }
        return bytes;
    }

    /** Bytes of an element, 0 for a type that is not known. */
    static int bytesOf(String dtype) {
        return switch (dtype) {
            case "F64", "I64", "U64" -> 8;
            case "F32", "I32", "U32" -> 4;
            case "BF16", "F16", "I16", "U16" -> 2;
            case "U8", "I8", "BOOL", "F8_E4M3", "F8_E5M2" -> 1;
            default -> 0;
        };
    }

    private static ModelException damaged(Path path, String what) {
        return new ModelException(
                "%s: not a valid safetensors file: %s; fetch the file again".formatted(path, what));
    }

    public Path path() {
        return path;
    }

    /** The file's {@code __metadata__}. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /** Every tensor, in the header's order. */
    public Map<String, Entry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    public Optional<Entry> find(String name) {
        return Optional.ofNullable(entries.get(name));
    }

    /** The tensor of that name, or a {@link ModelException}. */
    public Entry require(String name) {
        return find(name)
                .orElseThrow(() ->
                        new ModelException("%s: tensor '%s' is missing".formatted(path, name)));
    }

    /** The dtype that an entry is computed with, once it is loaded; F16 is widened. */
    static DType loaded(Path path, Entry entry) {
        return switch (entry.dtype()) {
            case "BF16" -> DType.BF16;
            case "F32", "F16" -> DType.F32;
            case "F64" -> DType.F64;
            case "I64" -> DType.I64;
            case "U8" -> DType.U8;
            default ->
                    throw new ModelException(
                            "%s: tensor '%s' has dtype %s; expected BF16, F16 or F32"
                                    .formatted(path, entry.name(), entry.dtype()));
        };
    }

    @Override
    public void close() {
        arena.close();
    }
}
