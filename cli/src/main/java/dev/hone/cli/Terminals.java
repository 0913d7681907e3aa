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

    /**
     * Whether standard output shows colours, and the person wants them: <a
     * href="https://no-color.org">NO_COLOR</a> is not set.
     */
    static boolean hasColour() {
        String refused = System.getenv("NO_COLOR");
        return isTerminal() && (refused == null || refused.isEmpty());
    }
}
