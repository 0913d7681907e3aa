package dev.hone.cli;

import java.io.PrintWriter;

/** Long sentences on narrow screens. */
final class Wrapping {
    private static final int WIDTH = 80;

    private Wrapping() {}

    /** Prints text broken at blanks; what follows the first line is indented further. */
    static void print(PrintWriter out, String indent, String text) {
        StringBuilder current = new StringBuilder(indent);
        boolean empty = true;
        for (String word : text.split(" ")) {
            if (!empty && current.length() + 1 + word.length() > WIDTH) {
                out.println(current);
                current = new StringBuilder(indent).append("  ");
                empty = true;
            }
            if (!empty) {
                current.append(' ');
            }
            current.append(word);
            empty = false;
        }
        out.println(current);
    }
}
