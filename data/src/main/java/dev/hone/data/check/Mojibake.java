package dev.hone.data.check;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * UTF-8 that was decoded as Windows-1252: {@code Ã©} where {@code é} was. A text counts only where
 * a run of such characters, taken back to bytes, is valid UTF-8: in real text a letter such as Ã is
 * hardly ever followed by a sign such as ©.
 */
final class Mojibake {

    private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

    private Mojibake() {}

    /**
     * The first run that was decoded wrongly.
     *
     * @param start first character
     * @param end one past the last character
     * @param original what it was
     */
    record Run(int start, int end, String original) {}

    /** The first run at or after an index. */
    static Optional<Run> find(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            // The first byte of two, three or four: Â to ß, à to ï, ð to ô.
            if (c >= 0xC2 && c <= 0xF4) {
                int length = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
                Optional<String> original =
                        i + length <= text.length()
                                ? decode(text.substring(i, i + length))
                                : Optional.empty();
                if (original.isPresent()) {
                    return Optional.of(new Run(i, i + length, original.get()));
                }
            }
        }
        return Optional.empty();
    }

    /** The text as it was; the text itself if nothing in it was decoded wrongly. */
    static String repair(String text) {
        StringBuilder repaired = new StringBuilder();
        int at = 0;
        for (Optional<Run> run = find(text, 0); run.isPresent(); run = find(text, at)) {
            repaired.append(text, at, run.get().start()).append(run.get().original());
            at = run.get().end();
        }
        return at == 0 ? text : repaired.append(text, at, text.length()).toString();
    }

    private static Optional<String> decode(String run) {
        ByteBuffer bytes = ByteBuffer.allocate(run.length());
        for (int i = 0; i < run.length(); i++) {
            int b = toByte(run.charAt(i));
            if (b < 0 || (i > 0 && (b & 0xC0) != 0x80)) {
                return Optional.empty();
            }
            bytes.put((byte) b);
        }
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** The byte a character stands for in Windows-1252, -1 if none. */
    private static int toByte(char c) {
        if (c <= 0xFF) {
            // Five bytes stand for nothing in Windows-1252; decoders leave them as they are.
            return c;
        }
        ByteBuffer bytes = WINDOWS_1252.encode(String.valueOf(c));
        int b = bytes.get(0) & 0xFF;
        return b == '?' ? -1 : b;
    }
}
