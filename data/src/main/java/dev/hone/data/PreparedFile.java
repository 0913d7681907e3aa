package dev.hone.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file of examples, mapped into memory: the pages in use are the system's to keep or to drop.
 *
 * <p>Little-endian: {@link #MAGIC}; per example int file, int T, long line, int ids[T], int runs,
 * and per run of equal weights int length and float weight; then long offsets of the examples to
 * train on, long offsets of those held out, JSON; then long start of the offsets, long number of
 * either, long length of the JSON, and long CRC-32C of everything before.
 */
final class PreparedFile {

    /** "HONEDAT" and the layout's version. */
    static final long MAGIC = 0x01_54_41_44_45_4e_4f_48L;

    private static final int FOOTER = 5 * Long.BYTES;
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;
    private final List<String> files;
    private final JsonNode meta;
    private final long index;
    private final long train;
    private final long holdout;

    private PreparedFile(MemorySegment bytes) {
        this.bytes = bytes;
        long footer = bytes.byteSize() - FOOTER;
        this.index = bytes.get(LONG, footer);
        this.train = bytes.get(LONG, footer + Long.BYTES);
        this.holdout = bytes.get(LONG, footer + 2 * Long.BYTES);
        long length = bytes.get(LONG, footer + 3 * Long.BYTES);
        byte[] json = bytes.asSlice(footer - length, length).toArray(ValueLayout.JAVA_BYTE);
        this.meta = JsonMapper.builder().build().readTree(new String(json, StandardCharsets.UTF_8));
        this.files = meta.path("files").values().stream().map(JsonNode::asString).toList();
    }

    /**
     * Maps a file and checks it whole. The mapping lasts as long as anything of it is in use.
     *
     * @throws IOException if it is not as it was written; the message says what is wrong
     */
    static PreparedFile open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < FOOTER + Long.BYTES) {
                throw new IOException("it has %,d bytes, too few".formatted(size));
            }
            MemorySegment bytes =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, size, Arena.ofAuto());
            if (bytes.get(LONG, 0) != MAGIC) {
                throw new IOException("it does not begin as this version writes it");
            }
            if (checksum(bytes, size - Long.BYTES) != bytes.get(LONG, size - Long.BYTES)) {
                throw new IOException("its checksum is wrong");
            }
            return new PreparedFile(bytes);
        } catch (JacksonException | IndexOutOfBoundsException e) {
            throw new IOException("its content is wrong: " + e.getMessage(), e);
        }
    }

    private static long checksum(MemorySegment bytes, long length) {
        CRC32C checksum = new CRC32C();
        long step = 1L << 30;
        for (long at = 0; at < length; at += step) {
            checksum.update(bytes.asSlice(at, Math.min(step, length - at)).asByteBuffer());
        }
        return checksum.getValue();
    }

    /** What was said with the examples. */
    JsonNode meta() {
        return meta;
    }

    /** Examples to train on; each is made anew when asked for. */
    List<Example> train() {
        return new View(index, Math.toIntExact(train));
    }

    /** Examples held out. */
    List<Example> holdout() {
        return new View(index + train * Long.BYTES, Math.toIntExact(holdout));
    }

    private Example example(long at) {
        int file = bytes.get(INT, at);
        int length = bytes.get(INT, at + 4);
        long line = bytes.get(LONG, at + 8);
        int[] ids = bytes.asSlice(at + 16, 4L * length).toArray(INT);
        float[] weights = new float[length];
        long run = at + 16 + 4L * length;
        int runs = bytes.get(INT, run);
        int from = 0;
        for (int r = 0; r < runs; r++) {
            int to = from + bytes.get(INT, run + 4 + 8L * r);
            float weight = Float.intBitsToFloat(bytes.get(INT, run + 8 + 8L * r));
            Arrays.fill(weights, from, to, weight);
            from = to;
        }
        return new Example(files.get(file) + ":" + line, ids, weights);
    }

    /** Examples whose offsets stand one after the other. */
    private final class View extends AbstractList<Example> implements RandomAccess {
        private final long offsets;
        private final int size;

        View(long offsets, int size) {
            this.offsets = offsets;
            this.size = size;
        }

        @Override
        public Example get(int i) {
            Objects.checkIndex(i, size);
            return example(bytes.get(LONG, offsets + (long) i * Long.BYTES));
        }

        @Override
        public int size() {
            return size;
        }
    }
}
