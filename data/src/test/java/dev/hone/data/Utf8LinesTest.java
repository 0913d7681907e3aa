package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Utf8LinesTest {

    @Test
    void givesLinesWithoutTheirEndAndTheirNumbers() throws Exception {
        Utf8Lines lines = lines("a\n\nb");
        assertThat(lines.next()).isEqualTo("a");
        assertThat(lines.next()).isEmpty();
        assertThat(lines.number()).isEqualTo(2);
        assertThat(lines.next()).isEqualTo("b");
        assertThat(lines.next()).isNull();
        assertThat(lines("").next()).isNull();
        Utf8Lines ended = lines("a\n");
        assertThat(ended.next()).isEqualTo("a");
        assertThat(ended.next()).isNull();
    }

    @Test
    void linesLongerThanTheBufferStayWhole() throws Exception {
        String text = "é😀".repeat(50_000);
        Utf8Lines lines = lines(text + "\n" + text);
        assertThat(lines.next()).isEqualTo(text);
        assertThat(lines.next()).isEqualTo(text);
        assertThat(lines.next()).isNull();
    }

    @Test
    void aCharacterCutOffAtTheEndOfALineIsMalformed() throws Exception {
        Utf8Lines lines =
                new Utf8Lines(new ByteArrayInputStream(new byte[] {'a', (byte) 0xC3, '\n', 'b'}));
        assertThatThrownBy(lines::next)
                .isInstanceOf(Utf8Lines.MalformedLine.class)
                .hasMessage(
                        "the line is not valid UTF-8: byte 0xc3 at byte 2 of the line; save the file as UTF-8");
        assertThat(lines.next()).isEqualTo("b");
    }

    private static Utf8Lines lines(String text) {
        return new Utf8Lines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }
}
