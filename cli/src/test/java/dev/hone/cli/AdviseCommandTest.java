package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AdviseCommandTest {

    @Test
    void optionsAreEnoughForAnAnswerWithItsArithmetic() {
        Cli cli =
                Cli.run(
                        "advise",
                        "--goal=behaviour",
                        "--calls=200000",
                        "--instruction-tokens=1500");
        assertThat(cli.code()).isZero();
        assertThat(cli.out())
                .startsWith("Advice: fine-tune\n")
                .contains(
                        "It pays for itself after 202,168 calls, 1.0 months at yours.",
                        "saved a month     200,000 calls x $0.002500 = $500.00");
        assertThat(cli.out().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @Test
    void jsonHasTheAdviceAndTheBreakEven() {
        JsonNode json =
                JsonMapper.builder()
                        .build()
                        .readTree(Cli.run("advise", "--goal=knowledge", "--json").out());
        assertThat(json.get("advice").asString()).isEqualTo("retrieve");
        assertThat(json.get("ways").size()).isEqualTo(3);
        assertThat(json.get("break_even_calls").asDouble()).isPositive();
    }

    @Test
    void theDialogueAsksForWhatIsOpenAndAsksAgainAfterNonsense() throws Exception {
        AdviseCommand command = new AdviseCommand();
        new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs("--changes=yearly", "--examples=500");
        StringWriter out = new StringWriter();
        command.ask(
                new BufferedReader(new StringReader("tone\nboth\nmany\n10_000\n\n\n\n")),
                new PrintWriter(out, true));
        assertThat(out.toString())
                .contains(
                        "What is the model missing: behaviour (tone, format, skill), knowledge (facts), both? [behaviour]",
                        "'tone' is none of these",
                        "How many calls a month? [100000]",
                        "'many' is not a number of at least 0")
                .doesNotContain("How often does that change");
    }

    @Test
    void aHostedTuningIsComparedOnceItsPriceIsGiven() {
        Cli without = Cli.run("advise", "--goal=behaviour");
        assertThat(without.out()).contains("--hosted-training-price").doesNotContain("hosted  ");
        Cli with = Cli.run("advise", "--goal=behaviour", "--hosted-training-price=3");
        assertThat(with.out())
                .contains(
                        "hosted            training $3/M x 3 M tokens = $9.00; a call $0.001100",
                        "fine-tuned, hosted           509.00         110.75");
    }

    @Test
    void aNumberThatCannotBeIsRefused() {
        Cli price = Cli.run("advise", "--input-price=-1");
        assertThat(price.code()).isEqualTo(Exit.BAD_INPUT);
        assertThat(price.err().strip())
                .isEqualTo("hone: --input-price must be at least 0, found -1.0");
        Cli cli = Cli.run("advise", "--calls=0");
        assertThat(cli.code()).isEqualTo(Exit.BAD_INPUT);
        assertThat(cli.err().strip()).isEqualTo("hone: --calls must be greater than 0, found 0.0");
    }
}
