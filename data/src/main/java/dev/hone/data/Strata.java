package dev.hone.data;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which rows a share holds out. A row whose hash lies below the share is held out. A stratum that
 * this leaves without one, although the share of its rows comes to half a row at least, gives the
 * row of the smallest hash.
 */
final class Strata {

    private final double share;
    private final Map<String, Stratum> strata = new HashMap<>();

    Strata(double share) {
        this.share = share;
    }

    private static final class Stratum {
        private long rows;
        private boolean held;
        private RowKey least = new RowKey(-1, -1);
    }

    /** Counts a row; whether it is held out by its hash alone. */
    boolean add(String stratum, RowKey key) {
        Stratum of = strata.computeIfAbsent(stratum, _ -> new Stratum());
        boolean held = key.fraction() < share;
        of.rows++;
        of.held |= held;
        if (of.rows == 1 || key.fraction() < of.least.fraction()) {
            of.least = key;
        }
        return held;
    }

    /** Rows that are held out besides, so that no stratum goes without. */
    Set<RowKey> more() {
        Set<RowKey> more = new HashSet<>();
        for (Stratum stratum : strata.values()) {
            if (!stratum.held && stratum.rows > 1 && stratum.rows * share >= 0.5) {
                more.add(stratum.least);
            }
        }
        return more;
    }
}
