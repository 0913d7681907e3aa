package dev.hone.starter.sample;

import java.util.List;

/** The months as letters and job cards write them. */
final class Months {
    static final List<String> NAMES =
            List.of(
                    "January",
                    "February",
                    "March",
                    "April",
                    "May",
                    "June",
                    "July",
                    "August",
                    "September",
                    "October",
                    "November",
                    "December");

    private Months() {}
}
