package dev.hone.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the starter model, its data and its recipes lie. */
final class Starter {
    private Starter() {}

    /** The folder; the launcher names Hone's home in the system property {@code hone.home}. */
    static Path folder() {
        Path folder = Path.of(System.getProperty("hone.home", ".")).resolve("starter");
        if (!Files.isDirectory(folder.resolve("model"))) {
            throw new BadInputException(
                    "%s: the starter model is not here; start Hone with the hone script of its folder"
                            .formatted(folder.toAbsolutePath().normalize()));
        }
        return folder.normalize();
    }
}
