package dev.hone.starter.pretraining;

import dev.hone.starter.Draw;
import dev.hone.starter.Row;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the text that the starter model is made from: a seeded mixture of stories, letters,
 * copying, lookups, reformatting, figures and questions on passages. None of it comes from the
 * sample tasks in {@code starter/data}.
 */
public final class PretrainingText {
    private static final long MIXED_BYTES = 6_000_000;

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

    /**
     * Writes rows as JSON lines until {@code bytes} are reached: texts into one file, conversations
     * into another, since a file has rows of one shape.
     *
     * @return the number of rows
     */
    static long write(Path texts, Path conversations, long bytes, long seed) throws IOException {
        try (Writer textOut = Files.newBufferedWriter(texts, StandardCharsets.UTF_8);
                Writer chatOut = Files.newBufferedWriter(conversations, StandardCharsets.UTF_8)) {
            return write(row -> row instanceof Row.Text ? textOut : chatOut, bytes, seed);
        }
    }

    /** Writes the same rows, as they come, into one file: what the tokenizer is trained on. */
    public static void writeMixed(Path file, long bytes, long seed) throws IOException {
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            write(_ -> out, bytes, seed);
        }
    }

    private static long write(Function<Row, Writer> into, long bytes, long seed)
            throws IOException {
        PretrainingText text = new PretrainingText(seed);
        JsonMapper json = JsonMapper.shared();
        long rows = 0;
        for (long written = 0; written < bytes; rows++) {
            Row row = text.next();
            String line = row.toJson(json) + "\n";
            into.apply(row).write(line);
            written += line.getBytes(StandardCharsets.UTF_8).length;
        }
        return rows;
    }

    /**
     * Writes {@code text.jsonl} and {@code chat.jsonl}, and {@code mixed.jsonl} for the tokenizer.
     *
     * @param args the folder, and the size of both together in megabytes
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException(
                    "found "
                            + List.of(args)
                            + ", expected: FOLDER MEGABYTES, for example build/pretraining 15");
        }
        Path folder = Files.createDirectories(Path.of(args[0]));
        long bytes = Long.parseLong(args[1]) * 1_000_000;
        long rows = write(folder.resolve("text.jsonl"), folder.resolve("chat.jsonl"), bytes, 1);
        writeMixed(folder.resolve("mixed.jsonl"), MIXED_BYTES, 1);
        System.out.println(rows + " rows");
    }
}
