package dev.hone.data.check;

import dev.hone.data.ExampleBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What to look at.
 *
 * @param files files, folders or patterns of training rows
 * @param holdout rows kept from training, if they have a file of their own
 * @param tokens how rows become tokens; without it nothing is said of tokens
 */
public record CheckSpec(List<Path> files, Optional<Path> holdout, Optional<Tokens> tokens) {

    public CheckSpec {
        files = List.copyOf(files);
    }

    /**
     * @param builder one that keeps rows of any length
     * @param maxLength most tokens an example may have
     */
    public record Tokens(ExampleBuilder builder, int maxLength) {}
}
