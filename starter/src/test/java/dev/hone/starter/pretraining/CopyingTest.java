package dev.hone.starter.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.starter.Draw;
import dev.hone.starter.pretraining.Writer.Exchange;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CopyingTest {
    @Test
    void whatIsToBeRepeatedIsRepeatedExactly() {
        Copying copying = new Copying(new Values(Words.load(), new Draw(1)));
        int seen = 0;
        for (int i = 0; i < 1000; i++) {
            for (Exchange exchange : copying.write()) {
                for (String order : List.of("Repeat exactly: ", "Copy this: ", "Echo: ")) {
                    if (exchange.question().startsWith(order)) {
                        assertThat(exchange.answer())
                                .isEqualTo(exchange.question().substring(order.length()));
                        seen++;
                    }
                }
            }
        }
        assertThat(seen).isGreaterThan(20);
    }

    @Test
    void aPatternShownByExamplesIsContinued() {
        Copying copying = new Copying(new Values(Words.load(), new Draw(2)));
        int seen = 0;
        for (int i = 0; i < 1000; i++) {
            Exchange exchange = copying.write().getFirst();
            String[] lines = exchange.question().split("\n");
            if (lines[lines.length - 1].endsWith(" =>")) {
                String asked = lines[lines.length - 1].replace(" =>", "");
                String[] shown = lines[0].split(" => ", 2);
                assertThat(exchange.answer()).isEqualTo(shown[1].replace(shown[0], asked));
                seen++;
            }
        }
        assertThat(seen).isGreaterThan(5);
    }
}
