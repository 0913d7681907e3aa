package dev.hone.starter.pretraining;

import dev.hone.starter.Draw;
import dev.hone.starter.Row;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the text that the starter model is made from: a seeded mixture of stories, letters,
 * copying, lookups, reformatting, figures and questions on passages. None of it comes from the
 * sample tasks in {@code starter/data}.
 */
public final class PretrainingText {
    private final Values values;
    private final Prose prose;
    private final Passages passages;
    private final Copying copying;
    private final Records records;
    private final Figures figures;
    private final Dialogues dialogues;

    /** A writer whose rows depend on {@code seed} alone. */
    public PretrainingText(long seed) {
        this.values = new Values(Words.load(), new Draw(seed));
        this.prose = Prose.load(values);
        this.passages = Passages.load(values);
        this.copying = new Copying(values);
        this.records = new Records(values);
        this.figures = new Figures(values);
        this.dialogues = new Dialogues(values);
    }

    /** The next row of the mixture. */
    public Row next() {
        int lot = values.draw().below(100);
        if (lot < 6) {
            return prose.story();
        } else if (lot < 9) {
            return passages.asText();
        } else if (lot < 10) {
            return figures.asText();
        } else if (lot < 38) {
            return dialogues.of(copying.write());
        } else if (lot < 57) {
            return dialogues.of(records.write());
        } else if (lot < 78) {
            return dialogues.of(passages.write());
        } else if (lot < 93) {
            return dialogues.of(prose.write());
        }
        return dialogues.of(figures.write());
    }

    /** Writes rows as JSON lines until {@code bytes} are reached; returns the number of rows. */
    static long write(Path file, long bytes, long seed) throws IOException {
        PretrainingText text = new PretrainingText(seed);
        JsonMapper json = JsonMapper.shared();
        long rows = 0;
        long written = 0;
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            while (written < bytes) {
                String line = text.next().toJson(json) + "\n";
                out.write(line);
                written += line.getBytes(StandardCharsets.UTF_8).length;
                rows++;
            }
        }
        return rows;
    }

    /**
     * Writes {@code pretrain.jsonl} and {@code pretrain-holdout.jsonl}.
     *
     * @param args the folder, and the training text's size in megabytes
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException(
                    "found "
                            + List.of(args)
                            + ", expected: FOLDER MEGABYTES, for example build/pretraining 120");
        }
        Path folder = Files.createDirectories(Path.of(args[0]));
        long bytes = Long.parseLong(args[1]) * 1_000_000;
        PrintStream out = System.out;
        out.println(
                "pretrain.jsonl: " + write(folder.resolve("pretrain.jsonl"), bytes, 1) + " rows");
        out.println(
                "pretrain-holdout.jsonl: "
                        + write(folder.resolve("pretrain-holdout.jsonl"), 500_000, 2)
                        + " rows");
    }
}
