package dev.hone.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Writes examples one after the other, so that their number is bounded by the disk and not by
 * memory. {@link PreparedFile} reads them and says what the file looks like.
 */
final class PreparedWriter implements AutoCloseable {

    private final FileChannel channel;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C checksum = new CRC32C();
    private long position;

    PreparedWriter(Path file) throws IOException {
        this.channel =
                FileChannel.open(
                        file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        putLong(PreparedFile.MAGIC);
    }

    /**
     * Appends one example.
     *
     * @param file number of the file it came from
     * @param line its line
     * @return where it stands
     */
    long append(int file, long line, Example example) throws IOException {
        long at = position;
        putInt(file);
        putInt(example.length());
        putLong(line);
        for (int id : example.ids()) {
            putInt(id);
        }
        float[] weights = example.weights();
        int runs = 1;
        for (int i = 1; i < weights.length; i++) {
            runs += weights[i] == weights[i - 1] ? 0 : 1;
        }
        putInt(runs);
        for (int start = 0, i = 1; i <= weights.length; i++) {
            if (i == weights.length || weights[i] != weights[start]) {
                putInt(i - start);
                putInt(Float.floatToRawIntBits(weights[start]));
                start = i;
            }
        }
        return at;
    }

    /**
     * Ends the file.
     *
     * @param train where the examples to train on stand
     * @param holdout where the others stand
     * @param meta what else there is to say, as JSON
     */
    void finish(long[] train, long[] holdout, String meta) throws IOException {
        long index = position;
        for (long at : train) {
            putLong(at);
        }
        for (long at : holdout) {
            putLong(at);
        }
        byte[] bytes = meta.getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            room(1);
            buffer.put(b);
            position++;
        }
        putLong(index);
        putLong(train.length);
        putLong(holdout.length);
        putLong(bytes.length);
        flush();
        putLong(checksum.getValue());
        flush();
    }

    /** Waits until the file would outlast a loss of power. */
    void force() throws IOException {
        channel.force(true);
    }

    private void putInt(int value) throws IOException {
        room(Integer.BYTES);
        buffer.putInt(value);
        position += Integer.BYTES;
    }

    private void putLong(long value) throws IOException {
        room(Long.BYTES);
        buffer.putLong(value);
        position += Long.BYTES;
    }

    private void room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        checksum.update(buffer.duplicate());
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
