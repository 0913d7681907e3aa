package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes safetensors files as the reference writer does: tensors by size of dtype, then name; the
 * header padded to a multiple of 8. The file appears under its name only when it is complete and on
 * the disk.
 */
public final class SafetensorsWriter {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private SafetensorsWriter() {}

    /** A tensor to write; {@code bytes} is asked for once, when its turn comes. */
    public record Content(String name, DType dtype, Shape shape, Supplier<byte[]> bytes) {
        long size() {
            return Math.multiplyExact(shape.elements(), dtype.bytes());
        }
    }

    /** Writes {@code file}; on failure nothing is left under its name that was not there before. */
    public static void write(Path file, List<Content> contents, Map<String, String> metadata)
            throws IOException {
        List<Content> sorted =
                contents.stream()
                        .sorted(
                                Comparator.comparingInt((Content c) -> -c.dtype().bytes())
                                        .thenComparing(Content::name))
                        .toList();
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            try (FileChannel channel =
                    FileChannel.open(
                            partial,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                writeFully(channel, header(sorted, metadata));
                for (Content content : sorted) {
                    byte[] bytes = content.bytes().get();
                    if (bytes.length != content.size()) {
                        throw new IllegalStateException(
                                "tensor '%s' has %d bytes, expected %d"
                                        .formatted(content.name(), bytes.length, content.size()));
                    }
                    writeFully(channel, ByteBuffer.wrap(bytes));
                }
                channel.force(true);
            }
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static ByteBuffer header(List<Content> sorted, Map<String, String> metadata) {
        ObjectNode header = MAPPER.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode node = header.putObject("__metadata__");
            metadata.forEach(node::put);
        }
        long at = 0;
        for (Content content : sorted) {
            ObjectNode node = header.putObject(content.name());
            node.put("dtype", content.dtype().name());
            ArrayNode shape = node.putArray("shape");
            for (long dim : content.shape().dims()) {
                shape.add(dim);
            }
            ArrayNode offsets = node.putArray("data_offsets");
            offsets.add(at);
            at = Math.addExact(at, content.size());
            offsets.add(at);
        }
        byte[] json = MAPPER.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
        int padded = Math.ceilDiv(json.length, 8) * 8;
        ByteBuffer buffer = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(padded).put(json);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        return buffer.flip();
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
