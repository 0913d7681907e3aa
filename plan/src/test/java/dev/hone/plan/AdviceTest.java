package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class AdviceTest {

    private static Advice.Question question(
            Advice.Goal goal, Advice.Changes changes, int examples, double calls, double host) {
        return new Advice.Question(
                goal,
                changes,
                examples,
                calls,
                1500,
                300,
                1000,
                200,
                1,
                4,
                0.2,
                0.2,
                host,
                5,
                500,
                Optional.empty());
    }

    @Test
    void aBehaviourThatStaysWithEnoughExamplesIsTuned() {
        Advice advice =
                Advice.of(question(Advice.Goal.BEHAVIOUR, Advice.Changes.NEVER, 1000, 100_000, 0));
        assertThat(advice.take()).isEqualTo(Advice.Take.TUNE);
        // A call saves (1800 - 300 x 0.2 + 200 x 4 - 200 x 0.2) millionths of a dollar.
        assertThat(advice.breakEvenCalls().orElseThrow())
                .isCloseTo(505 / ((1800 - 60 + 800 - 40) / 1e6), within(1e-6));
        assertThat(advice.arithmetic())
                .containsExactly(
                        "a call today      (1,500 + 300) tokens x $1/M + 200 x $4/M = $0.002600",
                        "a call when tuned 300 tokens x $0.20/M + 200 x $0.20/M = $0.000100",
                        "saved a month     100,000 calls x $0.002500 = $250.00",
                        "cost a month      serving $0/h x 730 h + 0.00 trainings x $5 = $0.00",
                        "cost once         training $5 + examples $500 = $505.00",
                        "break-even        $505.00 / ($250.00 a month) x 100,000 calls = 202,000 calls");
    }

    @Test
    void knowledgeIsRetrievedHoweverMuchThereIs() {
        for (Advice.Changes changes : Advice.Changes.values()) {
            assertThat(Advice.of(question(Advice.Goal.KNOWLEDGE, changes, 100_000, 1e6, 0)).take())
                    .isEqualTo(Advice.Take.RETRIEVE);
        }
    }

    @Test
    void whatChangesEveryDayStaysInThePrompt() {
        Advice advice =
                Advice.of(question(Advice.Goal.BEHAVIOUR, Advice.Changes.DAILY, 1000, 100_000, 0));
        assertThat(advice.take()).isEqualTo(Advice.Take.PROMPT);
        assertThat(advice.reasons())
                .containsExactly(
                        "What is wanted changes every day: a prompt is changed in a minute, a training takes hours and an evaluation.");
    }

    @Test
    void tooFewExamplesStayInThePrompt() {
        Advice advice =
                Advice.of(question(Advice.Goal.BEHAVIOUR, Advice.Changes.NEVER, 20, 100_000, 0));
        assertThat(advice.take()).isEqualTo(Advice.Take.PROMPT);
        assertThat(advice.reasons())
                .containsExactly(
                        "20 examples are too few to learn from; a prompt with the best of them does as well. Collect at least 100, better some hundred.");
    }

    @Test
    void aMachineOfOnesOwnForFewCallsNeverPays() {
        Advice advice =
                Advice.of(question(Advice.Goal.BEHAVIOUR, Advice.Changes.NEVER, 1000, 1000, 0.5));
        assertThat(advice.breakEvenCalls()).isEmpty();
        assertThat(advice.take()).isEqualTo(Advice.Take.PROMPT);
        assertThat(advice.arithmetic().getLast())
                .isEqualTo("break-even        never: a month saves $2.50 and costs $365.00");
    }

    @Test
    void bothAreDoneByBoth() {
        assertThat(
                        Advice.of(
                                        question(
                                                Advice.Goal.BOTH,
                                                Advice.Changes.YEARLY,
                                                1000,
                                                100_000,
                                                0))
                                .take())
                .isEqualTo(Advice.Take.TUNE_AND_RETRIEVE);
    }

    @Test
    void moreCallsNeverTakeLongerToPay() {
        double before = Double.POSITIVE_INFINITY;
        for (double calls = 1000; calls < 1e8; calls *= 10) {
            double months =
                    Advice.of(
                                            question(
                                                    Advice.Goal.BEHAVIOUR,
                                                    Advice.Changes.YEARLY,
                                                    1000,
                                                    calls,
                                                    0.5))
                                    .breakEvenCalls()
                                    .orElse(Double.POSITIVE_INFINITY)
                            / calls;
            assertThat(months).isLessThanOrEqualTo(before);
            before = months;
        }
    }

    @Test
    void aHostedTuningStandsBesideTheOthersOnceItsPricesAreKnown() {
        Advice.Question usual = Advice.Question.USUAL;
        assertThat(Advice.of(usual).ways()).hasSize(3);
        Advice advice = Advice.of(usual.hostedBy(new Advice.Hosted(3, 2.5, 0.3, 1.2)));
        Advice.Way hosted = advice.ways().getLast();
        assertThat(hosted.name()).isEqualTo("fine-tuned, hosted");
        assertThat(hosted.dollarsOnce()).isEqualTo(3 * 2.5 + 500);
        // 100,000 calls of 300 tokens in and 200 out, and a training a year.
        assertThat(hosted.dollarsPerMonth())
                .isCloseTo(100_000 * (300 * 0.3 + 200 * 1.2) / 1e6 + 7.5 / 12, within(1e-9));
        assertThat(advice.arithmetic())
                .contains(
                        "hosted            training $3/M x 2.50 M tokens = $7.50; a call $0.000330");
    }
}
