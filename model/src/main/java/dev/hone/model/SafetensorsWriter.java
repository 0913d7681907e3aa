package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
 * Writes safetensors files as the reference writer does: tensors by dtype, then name; the header
 * padded to a multiple of 8. The file appears under its name only when it is complete and on the
 * disk.
 */
public final class SafetensorsWriter {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Types of elements in the order the reference writer has them in files. */
    private static final List<String> ORDER =
            List.of(
                    "U64", "I64", "F64", "F32", "U32", "I32", "BF16", "F16", "U16", "I16",
                    "F8_E4M3", "F8_E5M2", "I8", "U8", "BOOL");

    /** Bytes that are copied at a time. */
    private static final int PIECE = 8 << 20;

    private SafetensorsWriter() {}

    /**
     * A tensor to write; {@code bytes} is asked for once, when its turn comes.
     *
     * @param dtype the file's name of the type, such as {@code BF16}
     */
    public record Content(String name, String dtype, Shape shape, Supplier<MemorySegment> bytes) {

        /** A tensor whose bytes are an array. */
        public Content(String name, DType dtype, Shape shape, Supplier<byte[]> bytes) {
            this(name, dtype.name(), shape, () -> MemorySegment.ofArray(bytes.get()));
        }

        /** Bytes of the tensor. */
        public long size() {
            return Math.multiplyExact(shape.elements(), SafetensorsFile.bytesOf(dtype));
        }
    }

    /** Writes {@code file}; on failure nothing is left under its name that was not there before. */
    public static void write(Path file, List<Content> contents, Map<String, String> metadata)
            throws IOException {
        List<Content> sorted =
                contents.stream()
                        .sorted(
                                Comparator.comparingInt((Content c) -> ORDER.indexOf(c.dtype()))
                                        .thenComparing(Content::name))
                        .toList();
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            try (FileChannel channel =
                            FileChannel.open(
                                    partial,
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.TRUNCATE_EXISTING,
                                    StandardOpenOption.WRITE);
                    Arena arena = Arena.ofConfined()) {
                MemorySegment piece = arena.allocate(PIECE);
                writeFully(channel, header(sorted, metadata));
                for (Content content : sorted) {
                    MemorySegment bytes = content.bytes().get();
                    if (bytes.byteSize() != content.size()) {
                        throw new IllegalStateException(
                                "tensor '%s' has %d bytes, expected %d"
                                        .formatted(
                                                content.name(), bytes.byteSize(), content.size()));
                    }
                    writeFully(channel, bytes, piece);
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
            node.put("dtype", content.dtype());
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

    private static void writeFully(FileChannel channel, MemorySegment bytes, MemorySegment piece)
            throws IOException {
        for (long at = 0; at < bytes.byteSize(); at += PIECE) {
            long size = Math.min(PIECE, bytes.byteSize() - at);
            MemorySegment.copy(bytes, at, piece, 0, size);
            writeFully(channel, piece.asSlice(0, size).asByteBuffer());
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
