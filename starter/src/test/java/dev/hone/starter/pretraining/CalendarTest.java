package dev.hone.starter.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CalendarTest {
    @Test
    void aDayIsWrittenInEightForms() {
        Calendar day = new Calendar(LocalDate.of(2026, 3, 9));
        assertThat(IntStream.range(0, Calendar.FORMS).mapToObj(day::written))
                .containsExactly(
                        "9 March 2026",
                        "March 9, 2026",
                        "2026-03-09",
                        "9 Mar 2026",
                        "09/03/2026",
                        "9th of March 2026",
                        "9.3.2026",
                        "the 9th of March, 2026");
    }

    @Test
    void ordinalsFollowTheLastDigitExceptInTheTeens() {
        assertThat(IntStream.of(1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 30).mapToObj(Calendar::ordinal))
                .containsExactly("st", "nd", "rd", "th", "th", "th", "th", "st", "nd", "rd", "th");
    }
}
