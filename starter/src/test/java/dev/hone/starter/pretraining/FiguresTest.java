package dev.hone.starter.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.starter.Draw;
import dev.hone.starter.pretraining.Writer.Exchange;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class FiguresTest {
    @Test
    void numbersAreSpelledOut() {
        assertThat(Figures.inWords(0)).isEqualTo("zero");
        assertThat(Figures.inWords(19)).isEqualTo("nineteen");
        assertThat(Figures.inWords(40)).isEqualTo("forty");
        assertThat(Figures.inWords(87)).isEqualTo("eighty-seven");
    }

    @Test
    void sumsAreRight() {
        Figures figures = new Figures(new Values(Words.load(), new Draw(1)));
        Pattern sum = Pattern.compile("(\\d+) ([+-]) (\\d+)");
        int seen = 0;
        for (int i = 0; i < 300; i++) {
            for (Exchange exchange : figures.write()) {
                Matcher asked = sum.matcher(exchange.question());
                if (asked.find()) {
                    int right =
                            Integer.parseInt(asked.group(3))
                                    * (asked.group(2).equals("+") ? 1 : -1);
                    assertThat(exchange.answer())
                            .as(exchange.question())
                            .isEqualTo(Integer.toString(Integer.parseInt(asked.group(1)) + right));
                    seen++;
                }
            }
        }
        assertThat(seen).isGreaterThan(50);
    }
}
