package dev.hone.cli;

import dev.hone.model.ModelQuantizer;
import java.io.PrintWriter;
import java.util.function.BooleanSupplier;

/**
 * How far a model is written. On a terminal it is one line that changes; elsewhere a line every
 * tenth of the way.
 */
final class QuantizeProgress implements ModelQuantizer.Listener {
    private static final int BAR = 20;
    private static final int LINES = 10;

    private final PrintWriter out;
    private final boolean live;
    private final BooleanSupplier stop;
    private long shown;

    QuantizeProgress(PrintWriter out, boolean live, BooleanSupplier stop) {
        this.out = out;
        this.live = live;
        this.stop = stop;
    }

    @Override
    public void scales(long done, long total) {
        show(done, total, "scales of %d of %d matrices".formatted(done, total));
    }

    @Override
    public void bytes(long done, long total) {
        show(done, total, "%s of %s written".formatted(Units.bytes(done), Units.bytes(total)));
    }

    @Override
    public boolean stopped() {
        return stop.getAsBoolean();
    }

    private void show(long done, long total, String text) {
        int filled = (int) (BAR * done / total);
        String line = "[%s%s] %s".formatted("#".repeat(filled), ".".repeat(BAR - filled), text);
        boolean last = done == total;
        if (live) {
            out.print("\r" + line + "\u001b[K" + (last ? System.lineSeparator() : ""));
            out.flush();
            return;
        }
        long tenth = LINES * done / total;
        if (tenth < shown) {
            shown = 0; // a new part of the work
        }
        if (tenth > shown) {
            shown = tenth;
            out.println(line);
            out.flush();
        }
    }
}
