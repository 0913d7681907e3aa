package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class RowCounterTest {
    private final StringWriter err = new StringWriter();

    @Test
    void rowsAreCountedNowAndThenAndTheLineGoesInTheEnd() {
        RowCounter counter = new RowCounter(new PrintWriter(err), true);

        counter.show(512);
        counter.show(20_480);
        counter.show(20_992);
        counter.clear();

        assertThat(err).hasToString("\r\033[K20,480 rows\r\033[K");
    }

    @Test
    void nobodyLookingAndShortWorkSeeNothing() {
        new RowCounter(new PrintWriter(err), false).show(100_000);
        RowCounter counter = new RowCounter(new PrintWriter(err), true);
        counter.show(100);
        counter.clear();

        assertThat(err.toString()).isEmpty();
    }
}
