package dev.hone.starter.pretraining;

import dev.hone.starter.Draw;
import dev.hone.starter.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** Writes short passages with questions on them, and requests for named fields as JSON. */
record Passages(Values values, List<Passage> passages) implements Writer {
    /**
     * A passage's pattern, its questions with answers, and its fields: names with alternatives, and
     * what they hold.
     */
    record Passage(String text, List<String> questions, String fields) {}

    static Passages load(Values values) {
        List<Passage> passages = new ArrayList<>();
        for (String line : Words.lines("passages.txt")) {
            String rest = line.substring(2);
            switch (line.charAt(0)) {
                case '=' -> passages.add(new Passage(rest, new ArrayList<>(), ""));
                case '?' -> passages.getLast().questions().add(rest);
                default -> {
                    Passage open = passages.removeLast();
                    passages.add(new Passage(open.text(), open.questions(), rest));
                }
            }
        }
        return new Passages(values, List.copyOf(passages));
    }

    @Override
    public List<Exchange> write() {
        Draw draw = values.draw();
        List<String> texts = new ArrayList<>();
        List<Exchange> open = new ArrayList<>();
        for (Passage passage : draw.some(passages, draw.of(1, 1, 2, 2, 3))) {
            Template template = new Template(values);
            texts.add(template.fill(passage.text()));
            open.addAll(ask(passage, template));
        }
        List<Exchange> asked = draw.some(open, Math.min(open.size(), draw.between(1, 4)));
        String lead = String.join(draw.of(" ", "\n", "\n\n"), texts) + draw.of("\n", "\n\n");
        List<Exchange> out = new ArrayList<>();
        for (Exchange exchange : asked) {
            out.add(new Exchange(lead + exchange.question(), exchange.answer()));
            lead = "";
        }
        return out;
    }

    /** Passages one after the other, with questions below in one of a few layouts. */
    Row asText() {
        Draw draw = values.draw();
        StringBuilder text = new StringBuilder();
        String q = draw.of("Q: ", "Question: ", "- ", "");
        String a = draw.of("\nA: ", "\nAnswer: ", " ", " - ");
        for (Exchange exchange : write()) {
            int cut = exchange.question().lastIndexOf('\n') + 1;
            text.append(exchange.question(), 0, cut)
                    .append(q)
                    .append(exchange.question().substring(cut));
            text.append(a).append(exchange.answer()).append('\n');
        }
        return new Row.Text(text.toString().strip());
    }

    private List<Exchange> ask(Passage passage, Template template) {
        Draw draw = values.draw();
        List<Exchange> out = new ArrayList<>();
        for (String question : passage.questions()) {
            String[] sides = question.split(" => ", 2);
            out.add(new Exchange(template.fill(sides[0]), template.fill(sides[1])));
        }
        String[] fields = passage.fields().split("; ");
        StringJoiner json = new StringJoiner(",", "{", "}");
        StringJoiner lines = new StringJoiner("\n");
        List<String> names = new ArrayList<>();
        for (String field : draw.some(List.of(fields), draw.between(2, fields.length))) {
            String[] sides = field.split("=", 2);
            String name = template.fill(draw.of(sides[0].split("\\|")));
            String value = template.fill(sides[1]);
            boolean number = value.matches("0|[1-9][0-9]*");
            names.add(name);
            json.add("\"" + name + "\":" + (number ? value : "\"" + value + "\""));
            lines.add(name + ": " + value);
        }
        String listed = String.join(", ", names);
        out.add(
                new Exchange(
                        draw.of(
                                        "Give me JSON with the keys ",
                                        "As JSON: ",
                                        "Fill this JSON: ",
                                        "JSON, keys: ")
                                + listed,
                        json.toString()));
        out.add(
                new Exchange(
                        draw.of("Give the JSON object {\"", "Fill in {\"")
                                + String.join("\":...,\"", names)
                                + "\":...}",
                        json.toString()));
        if (draw.chance(0.5)) {
            out.add(
                    new Exchange(
                            draw.of("List these, one per line: ", "Note down: ") + listed,
                            lines.toString()));
        }
        return out;
    }
}
