package dev.hone.data;

import java.util.List;

/**
 * Files that cannot be used as they are. All faults of the files are collected before this is
 * thrown; the first {@value Problems#SHOWN} are kept, all are counted.
 */
public final class DataException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;
    private final long total;

    DataException(List<Problem> problems, long total) {
        super(message(problems, total));
        this.problems = List.copyOf(problems);
        this.total = total;
    }

    /** A single fault. */
    public DataException(String source, String text) {
        this(List.of(new Problem(source, text)), 1);
    }

    /** The first faults, in file order. */
    public List<Problem> problems() {
        return problems;
    }

    /** How many faults there are, those not shown included. */
    public long total() {
        return total;
    }

    private static String message(List<Problem> problems, long total) {
        if (total == 1) {
            return problems.getFirst().toString();
        }
        StringBuilder text = new StringBuilder().append(total).append(" problems in the data:");
        problems.forEach(problem -> text.append("\n  ").append(problem));
        if (total > problems.size()) {
            text.append("\n  and ").append(total - problems.size()).append(" more");
        }
        return text.toString();
    }
}
