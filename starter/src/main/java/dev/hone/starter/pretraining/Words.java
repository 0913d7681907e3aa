package dev.hone.starter.pretraining;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Lists of ordinary words by kind, read from {@code words.txt}: a line {@code kind: word, word,
 * ...} each.
 */
record Words(Map<String, List<String>> kinds) {
    /** Reads the lists that come with this module. */
    static Words load() {
        Map<String, List<String>> kinds = new LinkedHashMap<>();
        for (String line : lines("words.txt")) {
            int colon = line.indexOf(':');
            List<String> words =
                    Arrays.stream(line.substring(colon + 1).split(",")).map(String::strip).toList();
            kinds.computeIfAbsent(line.substring(0, colon), kind -> new ArrayList<>())
                    .addAll(words);
        }
        return new Words(kinds);
    }

    /**
     * All words of a kind.
     *
     * @throws IllegalArgumentException when there is no such kind
     */
    List<String> all(String kind) {
        List<String> words = kinds.get(kind);
        if (words == null) {
            throw new IllegalArgumentException(
                    "found no words of kind \"" + kind + "\", expected one of " + kinds.keySet());
        }
        return words;
    }

    /**
     * The lines of a resource beside this class, without blank lines and lines that begin with
     * {@code #}.
     */
    static List<String> lines(String resource) {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        Words.class.getResourceAsStream(resource), resource),
                                StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
