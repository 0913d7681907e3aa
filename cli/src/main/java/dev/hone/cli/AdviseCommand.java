package dev.hone.cli;

import dev.hone.plan.Advice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Should one fine-tune at all: from options, and from a few questions for what they leave open. */
@Command(
        name = "advise",
        mixinStandardHelpOptions = true,
        description =
                "Says whether to fine-tune at all, with the arithmetic. What the options leave open is"
                        + " asked in a terminal and taken as the default elsewhere.")
final class AdviseCommand implements Callable<Integer> {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @Option(
            names = "--goal",
            paramLabel = "GOAL",
            description = "What is missing: behaviour (tone, format, skill), knowledge, or both.")
    private Advice.@Nullable Goal goal;

    @Option(
            names = "--changes",
            paramLabel = "HOW",
            description = "How often that changes: never, yearly, monthly, weekly, daily.")
    private Advice.@Nullable Changes changes;

    @Option(names = "--examples", paramLabel = "N", description = "Good answers at hand (1000).")
    private @Nullable Integer examples;

    @Option(names = "--calls", paramLabel = "N", description = "Calls a month (100000).")
    private @Nullable Double calls;

    @Option(
            names = "--instruction-tokens",
            paramLabel = "T",
            description = "Tokens of each prompt that say how to answer (1500).")
    private @Nullable Integer instruction;

    @Option(
            names = "--question-tokens",
            paramLabel = "T",
            description = "Tokens of each prompt besides (300).")
    private int question = 300;

    @Option(
            names = "--retrieved-tokens",
            paramLabel = "T",
            description = "Tokens that retrieval would add to a prompt (1000).")
    private int retrieved = 1000;

    @Option(names = "--answer-tokens", paramLabel = "T", description = "Tokens of an answer (200).")
    private int answer = 200;

    @Option(
            names = "--input-price",
            paramLabel = "DOLLARS",
            description = "A million prompt tokens today (1.00).")
    private @Nullable Double inputPrice;

    @Option(
            names = "--output-price",
            paramLabel = "DOLLARS",
            description = "A million answer tokens today (4.00).")
    private @Nullable Double outputPrice;

    @Option(
            names = "--tuned-input-price",
            paramLabel = "DOLLARS",
            description = "The same for the tuned model (0.20); 0 with a machine of your own.")
    private double tunedInputPrice = 0.20;

    @Option(
            names = "--tuned-output-price",
            paramLabel = "DOLLARS",
            description = "The same for the tuned model (0.20).")
    private double tunedOutputPrice = 0.20;

    @Option(
            names = "--host-price",
            paramLabel = "DOLLARS",
            description = "An hour of a machine that serves all month (0: served by the token).")
    private double hostPrice;

    @Option(
            names = "--training-cost",
            paramLabel = "DOLLARS",
            description = "One training, as `hone plan` says (5).")
    private double trainingCost = 5;

    @Option(
            names = "--data-cost",
            paramLabel = "DOLLARS",
            description = "Making and checking the examples, once (500).")
    private double dataCost = 500;

    @Option(
            names = "--hosted-training-price",
            paramLabel = "DOLLARS",
            description =
                    "A million tokens trained by a provider that tunes and serves; with it that way is"
                            + " compared too.")
    private @Nullable Double hostedTrainingPrice;

    @Option(
            names = "--hosted-training-tokens",
            paramLabel = "MILLIONS",
            description = "Millions of tokens of such a training, all epochs together (3).")
    private double hostedTrainingTokens = 3;

    @Option(
            names = "--hosted-input-price",
            paramLabel = "DOLLARS",
            description = "A million prompt tokens to the model it tuned (as today).")
    private @Nullable Double hostedInputPrice;

    @Option(
            names = "--hosted-output-price",
            paramLabel = "DOLLARS",
            description = "A million answer tokens from the model it tuned (as today).")
    private @Nullable Double hostedOutputPrice;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec private CommandSpec spec = CommandSpec.create();

    AdviseCommand() {}

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (Terminals.isTerminal() && !json) {
            ask(
                    new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())),
                    out);
        }
        Advice.Question usual = Advice.Question.USUAL;
        double input = inputPrice == null ? usual.inputPrice() : inputPrice;
        double output = outputPrice == null ? usual.outputPrice() : outputPrice;
        Advice.Question asked =
                new Advice.Question(
                        goal == null ? usual.goal() : goal,
                        changes == null ? usual.changes() : changes,
                        atLeast("--examples", examples == null ? usual.examples() : examples, 0),
                        positive("--calls", calls == null ? usual.callsPerMonth() : calls),
                        atLeast(
                                "--instruction-tokens",
                                instruction == null ? usual.instructionTokens() : instruction,
                                0),
                        atLeast("--question-tokens", question, 0),
                        atLeast("--retrieved-tokens", retrieved, 0),
                        atLeast("--answer-tokens", answer, 0),
                        notNegative("--input-price", input),
                        notNegative("--output-price", output),
                        notNegative("--tuned-input-price", tunedInputPrice),
                        notNegative("--tuned-output-price", tunedOutputPrice),
                        notNegative("--host-price", hostPrice),
                        notNegative("--training-cost", trainingCost),
                        notNegative("--data-cost", dataCost),
                        hosted(input, output));
        Advice advice = Advice.of(asked);
        if (json) {
            out.println(json(advice));
        } else {
            print(out, advice);
        }
        out.flush();
        return Exit.OK;
    }

    private Optional<Advice.Hosted> hosted(double input, double output) {
        return hostedTrainingPrice == null
                ? Optional.empty()
                : Optional.of(
                        new Advice.Hosted(
                                notNegative("--hosted-training-price", hostedTrainingPrice),
                                positive("--hosted-training-tokens", hostedTrainingTokens),
                                notNegative(
                                        "--hosted-input-price",
                                        hostedInputPrice == null ? input : hostedInputPrice),
                                notNegative(
                                        "--hosted-output-price",
                                        hostedOutputPrice == null ? output : hostedOutputPrice)));
    }

    /** Asks for what the options left open; an empty line takes the default. */
    void ask(BufferedReader in, PrintWriter out) throws IOException {
        if (goal == null) {
            goal =
                    choice(
                            in,
                            out,
                            "What is the model missing: behaviour (tone, format, skill), knowledge (facts), both?",
                            Advice.Goal.BEHAVIOUR);
        }
        if (changes == null) {
            changes =
                    choice(
                            in,
                            out,
                            "How often does that change: never, yearly, monthly, weekly, daily?",
                            Advice.Changes.YEARLY);
        }
        if (examples == null) {
            examples =
                    (int) number(in, out, "How many good answers are at hand to learn from?", 1000);
        }
        if (calls == null) {
            calls = number(in, out, "How many calls a month?", 100_000);
        }
        if (instruction == null) {
            instruction =
                    (int)
                            number(
                                    in,
                                    out,
                                    "How many tokens of each prompt are instructions and examples?",
                                    1500);
        }
        if (inputPrice == null) {
            inputPrice = number(in, out, "Dollars for a million prompt tokens today?", 1);
        }
        if (outputPrice == null) {
            outputPrice = number(in, out, "Dollars for a million answer tokens today?", 4);
        }
        out.println();
    }

    private static <E extends Enum<E>> E choice(
            BufferedReader in, PrintWriter out, String question, E absent) throws IOException {
        while (true) {
            String line = line(in, out, question, absent.name().toLowerCase(Locale.ROOT));
            if (line.isEmpty()) {
                return absent;
            }
            for (E constant : absent.getDeclaringClass().getEnumConstants()) {
                if (constant.name().equalsIgnoreCase(line)) {
                    return constant;
                }
            }
            out.println("  '" + line + "' is none of these");
        }
    }

    private static double number(BufferedReader in, PrintWriter out, String question, double absent)
            throws IOException {
        while (true) {
            String shown = String.format(Locale.ROOT, "%.0f", absent);
            String line = line(in, out, question, shown).replace(",", "").replace("_", "");
            if (line.isEmpty()) {
                return absent;
            }
            try {
                double value = Double.parseDouble(line);
                if (value >= 0 && Double.isFinite(value)) {
                    return value;
                }
            } catch (NumberFormatException _) {
                // Asked again.
            }
            out.println("  '" + line + "' is not a number of at least 0");
        }
    }

    private static String line(BufferedReader in, PrintWriter out, String question, String absent)
            throws IOException {
        out.printf("%s [%s] ", question, absent);
        out.flush();
        String line = in.readLine();
        return line == null ? "" : line.strip();
    }

    private static int atLeast(String option, int value, int least) {
        if (value < least) {
            throw new BadInputException(
                    "%s must be at least %d, found %d".formatted(option, least, value));
        }
        return value;
    }

    private static double notNegative(String option, double value) {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw new BadInputException("%s must be at least 0, found %s".formatted(option, value));
        }
        return value;
    }

    private static double positive(String option, double value) {
        if (!(value > 0)) {
            throw new BadInputException(
                    "%s must be greater than 0, found %s".formatted(option, value));
        }
        return value;
    }

    private static void print(PrintWriter out, Advice advice) {
        out.println("Advice: " + advice.take());
        advice.reasons().forEach(r -> Wrapping.print(out, "  ", r));
        out.println("The arithmetic");
        advice.arithmetic().forEach(l -> out.println("  " + l));
        out.printf("  %-20s %14s %14s%n", "", "once", "a month");
        for (Advice.Way way : advice.ways()) {
            out.printf(
                    Locale.ROOT,
                    "  %-20s %14.2f %14.2f%n",
                    way.name(),
                    way.dollarsOnce(),
                    way.dollarsPerMonth());
        }
        Wrapping.print(
                out,
                "",
                "Before you train: try the best prompt on fifty real cases; it is the bar to clear.");
        if (advice.ways().size() == 3) {
            Wrapping.print(
                    out,
                    "",
                    "A provider that tunes and serves spares the GPU and costs more a token: --hosted-training-price compares it.");
        }
    }

    private static String json(Advice advice) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("advice", advice.take().name().toLowerCase(Locale.ROOT));
        ArrayNode reasons = node.putArray("reasons");
        advice.reasons().forEach(reasons::add);
        ArrayNode ways = node.putArray("ways");
        for (Advice.Way way : advice.ways()) {
            ObjectNode entry = ways.addObject();
            entry.put("name", way.name());
            entry.put("dollars_once", way.dollarsOnce());
            entry.put("dollars_per_month", way.dollarsPerMonth());
        }
        advice.breakEvenCalls()
                .ifPresentOrElse(
                        c -> node.put("break_even_calls", c),
                        () -> node.putNull("break_even_calls"));
        ArrayNode arithmetic = node.putArray("arithmetic");
        advice.arithmetic().forEach(arithmetic::add);
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node);
    }
}
