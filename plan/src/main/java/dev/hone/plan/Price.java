package dev.hone.plan;

import java.time.LocalDate;
import java.util.Locale;

/**
 * What a machine costs to rent.
 *
 * @param gpu name in the catalogue
 * @param count GPUs of the machine; it is rented whole
 * @param dollarsPerHour for the whole machine
 * @param asOf the day it was read
 */
public record Price(
        String provider,
        String gpu,
        int count,
        Kind kind,
        double dollarsPerHour,
        LocalDate asOf,
        String source) {

    /** On what terms. */
    public enum Kind {
        /** Until it is given back. */
        ON_DEMAND,
        /** The same, on hosts that the provider checks less. */
        COMMUNITY,
        /** May be taken away at any moment. */
        SPOT,
        /** Paid for a long time ahead. */
        RESERVED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
