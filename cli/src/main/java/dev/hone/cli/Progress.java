package dev.hone.cli;

import dev.hone.train.StepMetrics;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * The live line of a run: step, loss, tokens a second, memory against plan, time left. On a
 * terminal it is one line that changes; elsewhere a line every tenth of the run.
 */
final class Progress {
    private static final int BAR = 20;
    private static final int LINES = 10;

    private final PrintWriter out;
    private final boolean live;
    private final long plannedBytes;
    private final long totalTokens;
    private long tokens;
    private double seconds;

    Progress(PrintWriter out, boolean live, long plannedBytes, long totalTokens) {
        this.out = out;
        this.live = live;
        this.plannedBytes = plannedBytes;
        this.totalTokens = totalTokens;
    }

    void step(StepMetrics m) {
        tokens += m.tokens();
        seconds += m.tokens() / m.tokensPerSecond();
        boolean last = m.step() == m.steps();
        if (live) {
            out.print("\r" + line(m) + "\u001b[K" + (last ? System.lineSeparator() : ""));
            out.flush();
        } else if (last || m.step() == 1 || m.step() % Math.max(1, m.steps() / LINES) == 0) {
            out.println(line(m));
            out.flush();
        }
    }

    private String line(StepMetrics m) {
        int filled = (int) (BAR * m.step() / m.steps());
        double left = (totalTokens - tokens) * seconds / tokens;
        return String.format(
                Locale.ROOT,
                "[%s%s] step %d/%d  loss %.4f  %,.0f tokens/s  memory %s of %s planned  %s",
                "#".repeat(filled),
                ".".repeat(BAR - filled),
                m.step(),
                m.steps(),
                m.loss(),
                tokens / seconds,
                Units.bytes(m.peakLiveBytes()),
                Units.bytes(plannedBytes),
                m.step() == m.steps()
                        ? "took " + Units.duration(seconds)
                        : Units.duration(Math.max(0, left)) + " left");
    }
}
