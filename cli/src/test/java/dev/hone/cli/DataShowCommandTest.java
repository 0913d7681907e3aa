package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.data.Built;
import dev.hone.data.ChatFormat;
import dev.hone.data.Example;
import dev.hone.data.ExampleBuilder;
import dev.hone.data.Message;
import dev.hone.data.Row;
import dev.hone.data.Tokenizer;
import dev.hone.data.TooLong;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataShowCommandTest {
    private static final String ROW =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Dear é😀\"}]}";

    @TempDir Path folder;

    private Path rows(String... rows) throws IOException {
        return Files.write(folder.resolve("rows.jsonl"), List.of(rows));
    }

    @Test
    void trainedTextStandsInBracketsWithItsStopToken() throws IOException {
        Path file = rows(ROW);

        Ran ran = Ran.hone("data", "show", file, "--model", Starters.MODEL);

        assertThat(ran.exit()).isZero();
        assertThat(ran.lines().getFirst()).matches(".*rows\\.jsonl:1  \\d+ tokens, \\d+ trained");
        assertThat(ran.out())
                .contains("<|im_start|>user\nHi<|im_end|>\n")
                .contains("⟦Dear é😀<|im_end|>⟧");
    }

    @Test
    void piecesPutTogetherAreTheTextAndTheirWeightsAreTheMask() {
        Row row =
                new Row.Conversation(
                        "x:1",
                        List.of(
                                new Message("user", "日本 é"),
                                new Message("assistant", "a 😀 b", 0.5f)));
        try (Tokenizer tokenizer = Tokenizer.load(Starters.MODEL)) {
            ExampleBuilder builder =
                    new ExampleBuilder(
                            tokenizer,
                            ChatFormat.load(Starters.MODEL),
                            Integer.MAX_VALUE,
                            TooLong.DROP);
            Example example = ((Built.Kept) builder.build(row)).example();

            List<TokenPiece> pieces = TokenPiece.of(tokenizer, example);

            assertThat(pieces.stream().map(TokenPiece::text).collect(Collectors.joining()))
                    .isEqualTo(tokenizer.decode(example.ids(), false))
                    .contains("日本 é", "a 😀 b");
            assertThat(
                            pieces.stream()
                                    .filter(TokenPiece::trained)
                                    .mapToInt(piece -> piece.ids().length)
                                    .sum())
                    .isEqualTo(example.supervisedTokens());
            assertThat(pieces).filteredOn(TokenPiece::trained).allMatch(p -> p.weight() == 0.5f);
        }
    }

    @Test
    void tokensEndWhereTheyEnd() throws IOException {
        Ran ran = Ran.hone("data", "show", rows(ROW), "--model", Starters.MODEL, "--tokens");

        assertThat(ran.out()).contains("<|im_start|>|").contains("|<|im_end|>⟧");
    }

    @Test
    void oneRowIsShownByItsLine() throws IOException {
        Path file = rows(ROW, ROW.replace("Hi", "Two"), ROW.replace("Hi", "Three"));

        Ran second = Ran.hone("data", "show", file, "--model", Starters.MODEL, "--row", 2);

        assertThat(second.out()).contains("Two").doesNotContain("Hi", "Three");
        assertThat(Ran.hone("data", "show", file, "--model", Starters.MODEL, "--rows", 2).out())
                .contains("Hi", "Two")
                .doesNotContain("Three");
        assertThat(Ran.hone("data", "show", file, "--model", Starters.MODEL, "--row", 9))
                .isEqualTo(
                        new Ran(
                                2,
                                "",
                                "hone: %s: no row begins in line 9; 'hone data show --rows' shows the first ones\n"
                                        .formatted(file)));
        assertThat(
                        Ran.hone(
                                        "data",
                                        "show",
                                        file,
                                        "--model",
                                        Starters.MODEL,
                                        "--row",
                                        1,
                                        "--rows",
                                        1)
                                .err())
                .isEqualTo("hone: options --rows and --row: give one of them\n");
    }

    @Test
    void aRowThatCannotBeTrainedSaysWhy() throws IOException {
        Path file = rows("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");

        Ran ran = Ran.hone("data", "show", file, "--model", Starters.MODEL);

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out())
                .isEqualTo(
                        file
                                + ":1  cannot be trained: no assistant message, so there is nothing to"
                                + " train on\n");
    }

    @Test
    void aPageHasEveryTokenWithItsIdAndWeight() throws IOException {
        Path html = folder.resolve("page.html");

        Ran ran =
                Ran.hone(
                        "data",
                        "show",
                        rows(ROW.replace("Hi", "<i>")),
                        "--model",
                        Starters.MODEL,
                        "--html",
                        html);

        assertThat(ran).isEqualTo(new Ran(0, "1 rows in %s\n".formatted(html), ""));
        assertThat(html)
                .content()
                .containsPattern(
                        "<span class=\"trained special\" title=\"token \\d+, weight 1\">&lt;\\|im_end\\|&gt;</span>")
                .containsPattern("<span class=\"context\" title=\"token \\d+, weight 0\">")
                .contains("&lt;")
                .doesNotContain("<i>", "{{rows}}", "http");
    }

    @Test
    void coloursTellTrainedTextAndNoControlCharacterReachesTheTerminal() {
        StringWriter out = new StringWriter();
        ShownText text = new ShownText(new PrintWriter(out, true), true, false);
        Example example = new Example("x:1", new int[] {1, 2}, new float[] {0, 1});
        ShownRow row =
                new ShownRow(
                        "x:1",
                        new Built.Kept(example, 2, Set.of()),
                        List.of(
                                new TokenPiece("a\033[2J", new int[] {1}, 0, false),
                                new TokenPiece("b", new int[] {2}, 1, false)));

        text.print(row);

        assertThat(out.toString())
                .endsWith("x:1  2 tokens, 1 trained\n\033[2ma␛[2J\033[0m\033[32mb\033[0m\n");
    }
}
