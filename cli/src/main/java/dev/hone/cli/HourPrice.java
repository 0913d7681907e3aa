package dev.hone.cli;

import java.util.Locale;

/**
 * What an hour of the machine costs.
 *
 * @param of whose price it is
 */
record HourPrice(double dollars, String of) {

    /** Dollars for so many seconds, as people read them. */
    String text(double seconds) {
        return PlanGpus.money(dollars * seconds / 3600);
    }

    /** The same with the least and the most. */
    String text(double seconds, double low, double high) {
        return dollars * high / 3600 < 0.01
                ? text(seconds)
                : "%s (%s to %s)".formatted(text(seconds), text(low), text(high));
    }

    String basis() {
        return String.format(Locale.ROOT, "at $%.2f an hour (%s)", dollars, of);
    }
}
