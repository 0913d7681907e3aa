package dev.hone.cli;

import java.nio.file.Path;

/** The starter model of the source tree; tests run in the folder of their module. */
final class Starters {
    static final Path MODEL = Path.of("..", "starter", "model");
    static final Path ROWS = Path.of("..", "starter", "data", "support.jsonl");

    private Starters() {}
}
