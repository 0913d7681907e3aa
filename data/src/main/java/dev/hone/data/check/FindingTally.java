package dev.hone.data.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Counts findings by code, keeps the first of each, and hands all on. */
final class FindingTally {

    private final Consumer<Finding> sink;
    private final Map<Code, Long> counts = new EnumMap<>(Code.class);
    private final Map<Code, List<Finding>> first = new EnumMap<>(Code.class);

    FindingTally(Consumer<Finding> sink) {
        this.sink = sink;
    }

    void add(Finding finding) {
        Code code = finding.code();
        counts.merge(code, 1L, Long::sum);
        List<Finding> shown = first.computeIfAbsent(code, c -> new ArrayList<>());
        if (shown.size() < CheckReport.CodeCount.SHOWN) {
            shown.add(finding);
        }
        sink.accept(finding);
    }

    /** Worst first. */
    List<CheckReport.CodeCount> counts() {
        return Arrays.stream(Code.values())
                .filter(counts::containsKey)
                .map(code ->
                        new CheckReport.CodeCount(
                                code,
                                counts.getOrDefault(code, 0L),
                                first.getOrDefault(code, List.of())))
                .toList();
    }
}
