package dev.hone.starter.pretraining;

import dev.hone.starter.Draw;
import dev.hone.starter.Row;
import dev.hone.starter.pretraining.Writer.Exchange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Turns exchanges into conversations, some under a system prompt that says how every answer has to
 * look.
 */
record Dialogues(Values values) {
    private record Manner(String prompt, UnaryOperator<String> apply) {}

    Row of(List<Exchange> exchanges) {
        Draw draw = values.draw();
        List<Row.Turn> turns = new ArrayList<>();
        Manner manner = draw.chance(0.3) ? manner(draw) : new Manner(plain(draw), answer -> answer);
        if (!manner.prompt().isEmpty()) {
            turns.add(new Row.Turn("system", manner.prompt()));
        }
        for (Exchange exchange : exchanges) {
            turns.add(new Row.Turn("user", exchange.question()));
            turns.add(new Row.Turn("assistant", manner.apply().apply(exchange.answer())));
        }
        return new Row.Chat(turns);
    }

    private String plain(Draw draw) {
        return draw.of(
                "",
                "",
                "",
                "You are a careful assistant.",
                "You are a helpful assistant. Answer briefly.",
                "Answer the question.",
                "Today is " + values.of("date") + ".",
                "You are "
                        + values.of("first")
                        + ", a "
                        + values.of("job")
                        + " from "
                        + values.of("town")
                        + ".",
                "You work for " + values.of("company") + ". Be exact.");
    }

    private Manner manner(Draw draw) {
        String word =
                draw.of(
                        values.invented(),
                        values.of("first"),
                        values.of("adjective"),
                        values.of("title"));
        return switch (draw.below(8)) {
            case 0 ->
                    new Manner(
                            "End every answer with \"" + word + "\".",
                            answer -> answer + " " + word);
            case 1 ->
                    new Manner(
                            "Begin every answer with \"" + word + ":\".",
                            answer -> word + ": " + answer);
            case 2 -> new Manner("Put every answer in quotes.", answer -> "\"" + answer + "\"");
            case 3 ->
                    new Manner(
                            "Sign every answer as " + word + ".", answer -> answer + "\n- " + word);
            case 4 ->
                    new Manner(
                            "The user is called " + word + ". Use the name first.",
                            answer -> word + ", " + answer);
            case 5 ->
                    new Manner(
                            "Write >>> before the answer and <<< after it.",
                            answer -> ">>> " + answer + " <<<");
            case 6 ->
                    new Manner(
                            "Be friendly and mention " + word + " at the start.",
                            answer -> "Gladly, " + word + "! " + answer);
            default ->
                    new Manner(
                            "Answer with the tag " + word + ".",
                            answer -> "<" + word + ">" + answer + "</" + word + ">");
        };
    }
}
