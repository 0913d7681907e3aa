package dev.hone.cli;

import dev.hone.model.ModelConfig;
import dev.hone.train.RunFile;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * The live line while the start of an adapter is found, matrix by matrix. On a terminal it is one
 * line that changes; elsewhere a line every tenth.
 */
final class StartProgress implements Runnable {
    private static final int LINES = 10;

    private final PrintWriter out;
    private final boolean live = Terminals.isTerminal();
    private final String start;
    private final int matrices;
    private int found;

    StartProgress(RunFile run, ModelConfig config, PrintWriter out) {
        this.out = out;
        this.start =
                run.method() instanceof RunFile.Method.Lora lora
                        ? lora.start().name().toLowerCase(Locale.ROOT)
                        : "";
        this.matrices =
                run.method() instanceof RunFile.Method.Lora lora
                        ? lora.spec().modules(config).size()
                        : 0;
    }

    @Override
    public void run() {
        if (found++ == 0) {
            out.println("Start of the adapter");
        }
        boolean last = found == matrices;
        String line = "  %s: %,d of %,d matrices".formatted(start, found, matrices);
        if (live) {
            out.print("\r" + line + "\u001b[K" + (last ? System.lineSeparator() : ""));
        } else if (last || found % Math.ceilDiv(matrices, LINES) == 0) {
            out.println(line);
        }
        out.flush();
    }
}
