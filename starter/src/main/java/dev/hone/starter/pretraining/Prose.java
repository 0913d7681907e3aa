package dev.hone.starter.pretraining;

import dev.hone.starter.Draw;
import dev.hone.starter.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes small stories, letters and other requests for a few lines of English. */
record Prose(Values values, Map<String, List<String>> stories, List<String> letters)
        implements Writer {
    static Prose load(Values values) {
        Map<String, List<String>> parts = new LinkedHashMap<>();
        for (String line : Words.lines("stories.txt")) {
            int colon = line.indexOf(": ");
            parts.computeIfAbsent(line.substring(0, colon), part -> new ArrayList<>())
                    .add(line.substring(colon + 2));
        }
        return new Prose(values, parts, Words.lines("letters.txt"));
    }

    @Override
    public List<Exchange> write() {
        Draw draw = values.draw();
        List<Exchange> out = new ArrayList<>();
        for (int turn = draw.between(1, 3); turn > 0; turn--) {
            String[] sides = draw.of(letters).split(" => ", 2);
            Template template = new Template(values);
            if (draw.chance(0.25)) {
                out.add(form(template, sides[1]));
            } else {
                String question = template.fill(sides[0]);
                out.add(new Exchange(question, template.fill(sides[1])));
            }
        }
        return out;
    }

    /** A form to fill in: the pattern with its slots marked, and the values to put there. */
    private Exchange form(Template template, String pattern) {
        Draw draw = values.draw();
        String form = template.choose(pattern).replace("\\n", "\n");
        String filled = template.fill(form);
        String[] marks =
                draw.of(List.of("<", ">"), List.of("{", "}"), List.of("[", "]"))
                        .toArray(String[]::new);
        List<String> held = new ArrayList<>();
        int number = 1;
        for (Map.Entry<String, String> slot : template.bound().entrySet()) {
            String name = slot.getKey().substring(0, slot.getKey().indexOf('#')) + number++;
            form = form.replace("{" + slot.getKey() + "}", marks[0] + name + marks[1]);
            held.add(name + draw.of(": ", " = ") + slot.getValue());
        }
        return new Exchange(
                draw.of("Fill in this form:\n", "Complete the text:\n", "Put the values in:\n")
                        + form
                        + "\n\n"
                        + String.join("\n", held),
                filled);
    }

    /** A story of five parts. */
    Row story() {
        Template template = new Template(values);
        StringBuilder story = new StringBuilder();
        if (values.draw().chance(0.3)) {
            story.append(values.of("title")).append("\n\n");
        }
        for (List<String> part : stories.values()) {
            story.append(template.fill(values.draw().of(part)))
                    .append(values.draw().of(" ", " ", "\n"));
        }
        return new Row.Text(story.toString().strip());
    }
}
