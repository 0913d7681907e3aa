package dev.hone.starter.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * The printable character that stands for each byte in a byte-level vocabulary, as in GPT-2:
 * printable Latin-1 bytes stand for themselves, the other 68 for the characters from U+0100 on.
 */
final class ByteAlphabet {
    private final char[] characters = new char[256];

    ByteAlphabet() {
        char next = 256;
        for (int value = 0; value < 256; value++) {
            boolean printable =
                    (value >= '!' && value <= '~')
                            || (value >= 0xA1 && value <= 0xAC)
                            || value >= 0xAE;
            characters[value] = printable ? (char) value : next++;
        }
    }

    /** The character for a byte, given as 0 to 255. */
    char of(int value) {
        return characters[value];
    }

    /** The characters for the UTF-8 bytes of {@code text}. */
    String of(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            out.append(of(b & 0xFF));
        }
        return out.toString();
    }
}
