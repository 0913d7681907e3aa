package dev.hone.cli;

import java.io.Console;

/** Whether a person is looking. */
final class Terminals {
    private Terminals() {}

    /** Whether standard output is a terminal that can rewrite a line. */
    @SuppressWarnings("SystemConsoleNull") // the nullness checker knows an older Java
    static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }
}
