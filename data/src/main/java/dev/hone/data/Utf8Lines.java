package dev.hone.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a UTF-8 stream, one at a time; a line that is not UTF-8 is reported and the next one is
 * read.
 */
final class Utf8Lines {

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int filled;
    private long number;

    Utf8Lines(InputStream in) {
        this.in = in;
    }

    /** Number of the line read last, from 1. */
    long number() {
        return number;
    }

    /**
     * The next line without its end, null after the last one. A byte order mark before the first
     * line is left out.
     *
     * @throws MalformedLine if the line is not UTF-8; reading can go on
     */
    @Nullable String next() throws IOException, MalformedLine {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean any = false;
        while (at < filled || fill()) {
            any = true;
            int end = at;
            while (end < filled && buffer[end] != '\n') {
                end++;
            }
            line.write(buffer, at, end - at);
            at = end;
            if (at < filled) {
                at++;
                break;
            }
        }
        if (!any) {
            return null;
        }
        number++;
        String text = decode(line.toByteArray());
        return number == 1 && text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /**
     * Reports every line of a file that is not UTF-8. For readers that know the place of a bad byte
     * only roughly.
     *
     * @return whether there is none
     */
    static boolean check(Path file, RowParser rows) throws IOException {
        boolean valid = true;
        try (InputStream in = Compression.open(file)) {
            Utf8Lines lines = new Utf8Lines(in);
            while (true) {
                try {
                    if (lines.next() == null) {
                        return valid;
                    }
                } catch (MalformedLine e) {
                    valid = false;
                    rows.problem(lines.number(), e.getMessage());
                }
            }
        }
    }

    private boolean fill() throws IOException {
        at = 0;
        filled = Math.max(0, in.read(buffer));
        return filled > 0;
    }

    private static String decode(byte[] bytes) throws MalformedLine {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        if (result.isError()) {
            throw new MalformedLine(
                    ("the line is not valid UTF-8: byte 0x%02x at byte %d of the line;"
                                    + " save the file as UTF-8")
                            .formatted(bytes[in.position()], in.position() + 1));
        }
        return out.flip().toString();
    }

    /** A line that is not UTF-8. */
    static final class MalformedLine extends CharacterCodingException {
        private static final long serialVersionUID = 1L;

        private final String text;

        MalformedLine(String text) {
            this.text = text;
        }

        @Override
        public String getMessage() {
            return text;
        }
    }
}
