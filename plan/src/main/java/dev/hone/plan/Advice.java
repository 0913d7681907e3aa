package dev.hone.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Whether to fine-tune at all: what is wanted decides what can give it, and what a call costs
 * decides when it pays.
 *
 * @param take what to do
 * @param reasons why, one sentence each
 * @param ways what each way costs a month
 * @param breakEvenCalls calls after which tuning has paid for itself; empty when it never does
 * @param arithmetic the sum behind that, line by line
 */
public record Advice(
        Take take,
        List<String> reasons,
        List<Way> ways,
        OptionalDouble breakEvenCalls,
        List<String> arithmetic) {
    private static final double HOURS_A_MONTH = 730;

    /** The least examples that teach a behaviour reliably. */
    private static final int LEAST_EXAMPLES = 100;

    /** What to do. */
    public enum Take {
        PROMPT("write a better prompt"),
        RETRIEVE("retrieve what is to be known and put it into the prompt"),
        TUNE("fine-tune"),
        TUNE_AND_RETRIEVE("fine-tune the behaviour and retrieve the knowledge");

        private final String words;

        Take(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** What the model lacks today. */
    public enum Goal {
        /** Tone, format, a skill: how it answers. */
        BEHAVIOUR,
        /** Facts: what it answers with. */
        KNOWLEDGE,
        BOTH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How often what it should know or do changes. */
    public enum Changes {
        NEVER,
        YEARLY,
        MONTHLY,
        WEEKLY,
        DAILY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Trainings a month that keep up with it. */
        double trainingsPerMonth() {
            return switch (this) {
                case NEVER -> 0;
                case YEARLY -> 1.0 / 12;
                case MONTHLY -> 1;
                case WEEKLY -> 52.0 / 12;
                case DAILY -> 365.0 / 12;
            };
        }
    }

    /**
     * What is asked.
     *
     * @param examples good answers at hand to learn from
     * @param instructionTokens of every prompt that say how to answer: rules and examples
     * @param otherTokens of every prompt besides: the question, a document
     * @param retrievedTokens that retrieval would add to a prompt
     * @param answerTokens of an answer
     * @param inputPrice dollars for a million tokens of prompt today
     * @param outputPrice dollars for a million tokens of answer today
     * @param tunedInputPrice the same for the tuned model, where it is served
     * @param tunedOutputPrice the same
     * @param hostDollarsPerHour of a machine rented all month to serve the tuned model; 0 when it
     *     is served by the token
     * @param trainingDollars of one training
     * @param dataDollars of making the examples, once
     * @param hosted a provider that tunes and serves by the token; empty without its prices
     */
    public record Question(
            Goal goal,
            Changes changes,
            int examples,
            double callsPerMonth,
            int instructionTokens,
            int otherTokens,
            int retrievedTokens,
            int answerTokens,
            double inputPrice,
            double outputPrice,
            double tunedInputPrice,
            double tunedOutputPrice,
            double hostDollarsPerHour,
            double trainingDollars,
            double dataDollars,
            Optional<Hosted> hosted) {
        /**
         * What is assumed of who says nothing: a service of some size, with prices of late 2026.
         */
        public static final Question USUAL =
                new Question(
                        Goal.BEHAVIOUR,
                        Changes.YEARLY,
                        1000,
                        100_000,
                        1500,
                        300,
                        1000,
                        200,
                        1,
                        4,
                        0.2,
                        0.2,
                        0,
                        5,
                        500,
                        Optional.empty());

        /** The same where one training costs so much. */
        public Question trainedFor(double dollars) {
            return new Question(
                    goal,
                    changes,
                    examples,
                    callsPerMonth,
                    instructionTokens,
                    otherTokens,
                    retrievedTokens,
                    answerTokens,
                    inputPrice,
                    outputPrice,
                    tunedInputPrice,
                    tunedOutputPrice,
                    hostDollarsPerHour,
                    dollars,
                    dataDollars,
                    hosted);
        }

        /** The same with a provider that tunes and serves. */
        public Question hostedBy(Hosted provider) {
            return new Question(
                    goal,
                    changes,
                    examples,
                    callsPerMonth,
                    instructionTokens,
                    otherTokens,
                    retrievedTokens,
                    answerTokens,
                    inputPrice,
                    outputPrice,
                    tunedInputPrice,
                    tunedOutputPrice,
                    hostDollarsPerHour,
                    trainingDollars,
                    dataDollars,
                    Optional.of(provider));
        }

        private double promptedCall() {
            return ((instructionTokens + (double) otherTokens) * inputPrice
                            + answerTokens * outputPrice)
                    / 1e6;
        }

        private double tunedCall() {
            return (otherTokens * tunedInputPrice + answerTokens * tunedOutputPrice) / 1e6;
        }

        private double hostedCall(Hosted h) {
            return (otherTokens * h.inputPrice() + answerTokens * h.outputPrice()) / 1e6;
        }

        private double fixedPerMonth() {
            return hostDollarsPerHour * HOURS_A_MONTH
                    + changes.trainingsPerMonth() * trainingDollars;
        }
    }

    /**
     * A provider's fine-tuning.
     *
     * @param trainingPrice dollars for a million tokens trained
     * @param trainingTokens of one training, in millions, all epochs together
     * @param inputPrice dollars for a million tokens of prompt to the tuned model
     * @param outputPrice the same of answers
     */
    public record Hosted(
            double trainingPrice, double trainingTokens, double inputPrice, double outputPrice) {

        double trainingDollars() {
            return trainingPrice * trainingTokens;
        }
    }

    /** A way to go, and what it costs a month at the calls asked for. */
    public record Way(String name, double dollarsPerMonth, double dollarsOnce) {}

    /** Answers the question. */
    public static Advice of(Question q) {
        List<Way> ways = new ArrayList<>();
        ways.add(new Way("prompting as today", q.callsPerMonth() * q.promptedCall(), 0));
        ways.add(
                new Way(
                        "with retrieval",
                        q.callsPerMonth()
                                * (q.promptedCall() + q.retrievedTokens() * q.inputPrice() / 1e6),
                        0));
        ways.add(
                new Way(
                        "fine-tuned",
                        q.callsPerMonth() * q.tunedCall() + q.fixedPerMonth(),
                        q.trainingDollars() + q.dataDollars()));
        q.hosted()
                .ifPresent(h ->
                        ways.add(
                                new Way(
                                        "fine-tuned, hosted",
                                        q.callsPerMonth() * q.hostedCall(h)
                                                + q.changes().trainingsPerMonth()
                                                        * h.trainingDollars(),
                                        h.trainingDollars() + q.dataDollars())));
        double saved = q.promptedCall() - q.tunedCall();
        double once = q.trainingDollars() + q.dataDollars();
        double net = q.callsPerMonth() * saved - q.fixedPerMonth();
        OptionalDouble breakEven =
                net > 0
                        ? OptionalDouble.of(once / net * q.callsPerMonth())
                        : OptionalDouble.empty();
        List<String> reasons = new ArrayList<>();
        Take take = take(q, breakEven, reasons);
        return new Advice(
                take,
                List.copyOf(reasons),
                List.copyOf(ways),
                breakEven,
                arithmetic(q, saved, once, net));
    }

    private static Take take(Question q, OptionalDouble breakEven, List<String> reasons) {
        boolean fast = q.changes() == Changes.DAILY || q.changes() == Changes.WEEKLY;
        if (q.goal() == Goal.KNOWLEDGE) {
            reasons.add(
                    "Facts belong into the prompt: a tuned model repeats them unreliably, cannot say where it has them from, and keeps the old ones when they change.");
            if (!fast) {
                reasons.add(
                        "They change rarely here; an index that is built anew is still cheaper to trust.");
            }
            return Take.RETRIEVE;
        }
        if (q.examples() < LEAST_EXAMPLES) {
            reasons.add(
                    "%d examples are too few to learn from; a prompt with the best of them does as well. Collect at least %d, better some hundred."
                            .formatted(q.examples(), LEAST_EXAMPLES));
            return q.goal() == Goal.BOTH ? Take.RETRIEVE : Take.PROMPT;
        }
        if (fast && q.goal() == Goal.BEHAVIOUR) {
            reasons.add(
                    "What is wanted changes %s: a prompt is changed in a minute, a training takes hours and an evaluation."
                            .formatted(q.changes() == Changes.DAILY ? "every day" : "every week"));
            return Take.PROMPT;
        }
        reasons.add(
                "Tone, format and skill are what examples teach best, and %,d of them are enough to try."
                        .formatted(q.examples()));
        if (breakEven.isPresent()) {
            reasons.add(
                    String.format(
                            Locale.ROOT,
                            "It pays for itself after %,.0f calls, %.1f months at yours.",
                            breakEven.getAsDouble(),
                            breakEven.getAsDouble() / q.callsPerMonth()));
        } else {
            reasons.add(
                    "It does not pay in money at these prices and calls: take it for quality or speed alone, else stay with the prompt.");
        }
        if (q.goal() == Goal.BOTH) {
            reasons.add("The facts still belong into the prompt, by retrieval.");
            return Take.TUNE_AND_RETRIEVE;
        }
        return breakEven.isPresent() ? Take.TUNE : Take.PROMPT;
    }

    private static List<String> arithmetic(Question q, double saved, double once, double net) {
        List<String> lines = new ArrayList<>();
        lines.add(
                String.format(
                        Locale.ROOT,
                        "a call today      (%,d + %,d) tokens x $%s/M + %,d x $%s/M = $%s",
                        q.instructionTokens(),
                        q.otherTokens(),
                        plain(q.inputPrice()),
                        q.answerTokens(),
                        plain(q.outputPrice()),
                        small(q.promptedCall())));
        lines.add(
                String.format(
                        Locale.ROOT,
                        "a call when tuned %,d tokens x $%s/M + %,d x $%s/M = $%s",
                        q.otherTokens(),
                        plain(q.tunedInputPrice()),
                        q.answerTokens(),
                        plain(q.tunedOutputPrice()),
                        small(q.tunedCall())));
        lines.add(
                String.format(
                        Locale.ROOT,
                        "saved a month     %,.0f calls x $%s = $%.2f",
                        q.callsPerMonth(),
                        small(saved),
                        q.callsPerMonth() * saved));
        lines.add(
                String.format(
                        Locale.ROOT,
                        "cost a month      serving $%s/h x %.0f h + %.2f trainings x $%s = $%.2f",
                        plain(q.hostDollarsPerHour()),
                        HOURS_A_MONTH,
                        q.changes().trainingsPerMonth(),
                        plain(q.trainingDollars()),
                        q.fixedPerMonth()));
        lines.add(
                String.format(
                        Locale.ROOT,
                        "cost once         training $%s + examples $%s = $%.2f",
                        plain(q.trainingDollars()),
                        plain(q.dataDollars()),
                        once));
        q.hosted()
                .ifPresent(h ->
                        lines.add(
                                String.format(
                                        Locale.ROOT,
                                        "hosted            training $%s/M x %s M tokens = $%.2f; a call $%s",
                                        plain(h.trainingPrice()),
                                        plain(h.trainingTokens()),
                                        h.trainingDollars(),
                                        small(q.hostedCall(h)))));
        lines.add(
                net > 0
                        ? String.format(
                                Locale.ROOT,
                                "break-even        $%.2f / ($%.2f a month) x %,.0f calls = %,.0f calls",
                                once,
                                net,
                                q.callsPerMonth(),
                                once / net * q.callsPerMonth())
                        : String.format(
                                Locale.ROOT,
                                "break-even        never: a month saves $%.2f and costs $%.2f",
                                q.callsPerMonth() * saved,
                                q.fixedPerMonth()));
        return List.copyOf(lines);
    }

    private static String plain(double dollars) {
        return String.format(Locale.ROOT, dollars == Math.rint(dollars) ? "%.0f" : "%.2f", dollars);
    }

    private static String small(double dollars) {
        return String.format(Locale.ROOT, "%.6f", dollars);
    }
}
