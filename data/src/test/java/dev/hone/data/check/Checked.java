package dev.hone.data.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** Runs the whole check over rows of a test and gives its findings as they are printed. */
final class Checked {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Path folder;

    Checked(Path folder) {
        this.folder = folder;
    }

    /** A row of a question and an answer. */
    static String chat(String question, String answer) {
        return chat(question, answer, Optional.empty());
    }

    static String chat(String question, String answer, Optional<String> system) {
        List<Map<String, String>> messages = new ArrayList<>();
        system.ifPresent(text -> messages.add(Map.of("role", "system", "content", text)));
        messages.add(Map.of("role", "user", "content", question));
        messages.add(Map.of("role", "assistant", "content", answer));
        return MAPPER.writeValueAsString(Map.of("messages", messages));
    }

    /** Findings of one code, without the folder. */
    List<String> of(Code code, String... rows) {
        return of(code, List.of(rows));
    }

    List<String> of(Code code, List<String> rows) {
        return all(spec(write("rows.jsonl", rows))).stream()
                .filter(finding -> finding.code() == code)
                .map(this::shown)
                .toList();
    }

    /** Findings of one code about a held-back file. */
    List<String> heldBack(Code code, List<String> train, List<String> holdout) {
        return all(
                        new CheckSpec(
                                List.of(write("train.jsonl", train)),
                                Optional.of(write("holdout.jsonl", holdout)),
                                Optional.empty()))
                .stream()
                .filter(finding -> finding.code() == code)
                .map(this::shown)
                .toList();
    }

    static CheckSpec spec(Path file) {
        return new CheckSpec(List.of(file), Optional.empty(), Optional.empty());
    }

    static List<Finding> all(CheckSpec spec) {
        List<Finding> findings = new ArrayList<>();
        DataCheck.run(spec, findings::add);
        return findings;
    }

    String shown(Finding finding) {
        return finding.toString().replace(folder + "/", "");
    }

    Path write(String name, List<String> rows) {
        try {
            return Files.writeString(folder.resolve(name), String.join("\n", rows) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
