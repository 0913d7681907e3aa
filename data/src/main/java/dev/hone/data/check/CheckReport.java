package dev.hone.data.check;

import java.util.List;
import java.util.Optional;

/**
 * What a pass found.
 *
 * @param rows training rows, those that cannot be read included
 * @param holdoutRows held-back rows, likewise
 * @param counts findings by code, worst first; codes that were not found are left out
 * @param tokens empty without a model
 * @param coverage empty if there are too few inputs to group
 */
public record CheckReport(
        long rows,
        long holdoutRows,
        List<CodeCount> counts,
        Optional<TokenCounts> tokens,
        Optional<Coverage> coverage) {

    public CheckReport {
        counts = List.copyOf(counts);
    }

    /**
     * @param count findings with this code
     * @param first the first {@value #SHOWN} of them
     */
    public record CodeCount(Code code, long count, List<Finding> first) {
        /** How many findings of a code are kept. */
        public static final int SHOWN = 50;

        public CodeCount {
            first = List.copyOf(first);
        }
    }

    /** Findings of one severity. */
    public long count(Severity severity) {
        return counts.stream()
                .filter(one -> one.code().severity() == severity)
                .mapToLong(CodeCount::count)
                .sum();
    }
}
