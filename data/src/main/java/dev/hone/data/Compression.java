package dev.hone.data;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** How a file is packed, seen by its first bytes and not by its name. */
public enum Compression {
    NONE,
    /** RFC 1952. */
    GZIP,
    /** RFC 8878. */
    ZSTD;

    private static final byte[] GZIP_MAGIC = {0x1f, (byte) 0x8b};
    private static final byte[] ZSTD_MAGIC = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
    private static final int BUFFER = 1 << 16;

    static Compression of(Path file) throws IOException {
        byte[] head = head(file, 4);
        if (startsWith(head, GZIP_MAGIC)) {
            return GZIP;
        }
        return startsWith(head, ZSTD_MAGIC) ? ZSTD : NONE;
    }

    /** The content of a file, unpacked. */
    public static InputStream open(Path file) throws IOException {
        Compression compression = of(file);
        InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        try {
            return switch (compression) {
                case NONE -> raw;
                case GZIP -> new BufferedInputStream(new GZIPInputStream(raw, BUFFER), BUFFER);
                case ZSTD ->
                        new BufferedInputStream(
                                new ZstdInputStream(raw).setContinuous(false), BUFFER);
            };
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    static byte[] head(Path file, int length) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(length);
        }
    }

    static boolean startsWith(byte[] bytes, byte[] magic) {
        return bytes.length >= magic.length
                && Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
    }
}
