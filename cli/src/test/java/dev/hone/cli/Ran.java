package dev.hone.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** One run of the command in this process. */
record Ran(int exit, String out, String err) {

    static Ran hone(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] texts = new String[arguments.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = arguments[i].toString();
        }
        int exit =
                Hone.command()
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true))
                        .execute(texts);
        return new Ran(exit, out.toString(), err.toString());
    }

    /** Standard output line by line. */
    List<String> lines() {
        return out.lines().toList();
    }
}
