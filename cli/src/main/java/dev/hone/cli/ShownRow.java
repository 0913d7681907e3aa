package dev.hone.cli;

import dev.hone.data.Built;
import dev.hone.data.ExampleBuilder;
import dev.hone.data.Remark;
import dev.hone.data.Row;
import dev.hone.data.Tokenizer;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One row of {@code hone data show}.
 *
 * @param source {@code file:line}
 * @param built what training makes of it
 * @param pieces its tokens; empty if it cannot be trained
 */
record ShownRow(String source, Built built, List<TokenPiece> pieces) {
    ShownRow {
        pieces = List.copyOf(pieces);
    }

    static ShownRow of(Row row, ExampleBuilder builder, Tokenizer tokenizer) {
        Built built = builder.build(row);
        return new ShownRow(
                row.source(),
                built,
                built instanceof Built.Kept kept
                        ? TokenPiece.of(tokenizer, kept.example())
                        : List.of());
    }

    /** Tokens and trained tokens, or why there are none. */
    String facts() {
        return switch (built) {
            case Built.Kept kept ->
                    "%,d tokens, %,d trained"
                            .formatted(kept.example().length(), kept.example().supervisedTokens());
            case Built.Dropped dropped -> "%,d tokens, too long".formatted(dropped.length());
            case Built.Faulty faulty -> "cannot be trained: " + faulty.problem().text();
        };
    }

    /** What the owner of the data should know; empty if nothing. */
    String remarks() {
        return built instanceof Built.Kept kept
                ? kept.remarks().stream().map(Remark::text).collect(Collectors.joining("; "))
                : "";
    }
}
