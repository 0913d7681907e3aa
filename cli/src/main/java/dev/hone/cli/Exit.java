package dev.hone.cli;

/** What the exit codes mean. */
final class Exit {
    /** Done. */
    static final int OK = 0;

    /** A fault of Hone's own. */
    static final int FAULT = 1;

    /** The input, a file or an option, is not what it must be. */
    static final int BAD_INPUT = 2;

    /** The machine will not do: no such device, no memory, no disk space. */
    static final int MACHINE = 3;

    /** Stopped by Ctrl-C, with a checkpoint. */
    static final int STOPPED = 130;

    private Exit() {}
}
