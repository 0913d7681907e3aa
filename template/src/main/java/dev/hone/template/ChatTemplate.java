package dev.hone.template;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A chat template: a Jinja program that turns a conversation into the text a model reads. Renders
 * what Hugging Face transformers renders (an immutable sandbox with {@code trim_blocks}, {@code
 * lstrip_blocks}, loop controls, {@code tojson}, {@code raise_exception}, {@code strftime_now} and
 * {@code generation} blocks), character for character.
 *
 * <p>Parse once, render often: a template is immutable and safe to use from many threads. What a
 * template may use up is bounded by its {@link Limits}, and it reaches nothing but the data it is
 * given.
 *
 * <p>Source: the Jinja 3.1 template designer documentation and the behaviour of jinja2 3.1.6.
 */
public final class ChatTemplate {

    private final Parser.Result parsed;
    private final Limits limits;

    private ChatTemplate(Parser.Result parsed, Limits limits) {
        this.parsed = parsed;
        this.limits = limits;
    }

    /**
     * Reads a template, with {@link Limits#DEFAULT}.
     *
     * @throws TemplateException when it is not valid, with the place
     */
    public static ChatTemplate parse(String source) {
        return parse(source, Limits.DEFAULT);
    }

    /**
     * Reads a template.
     *
     * @throws TemplateException when it is not valid, with the place
     */
    public static ChatTemplate parse(String source, Limits limits) {
        if (source.length() > limits.maxSource()) {
            throw new TemplateException(
                    new Place(1, 1),
                    "the template has %d characters; at most %d are read (Limits.maxSource)"
                            .formatted(source.length(), limits.maxSource()));
        }
        return new ChatTemplate(new Parser(new Lexer(source).tokens()).parse(), limits);
    }

    /** Whether the template marks what the model is to produce, with {@code {% generation %}}. */
    public boolean marksGeneration() {
        return parsed.marksGeneration();
    }

    /**
     * Renders a conversation.
     *
     * @param variables what the template sees: {@code messages}, {@code tools}, {@code
     *     add_generation_prompt}, the special tokens and so on, made of Map, List, String, Integer,
     *     Long, Double, Boolean and null. A variable that is absent is undefined; null is {@code
     *     none}
     * @param clock what {@code strftime_now} reads, with its zone
     * @throws TemplateException when the template fails, refuses the conversation or exceeds its
     *     limits, with the place
     * @throws IllegalArgumentException when a variable holds anything else
     */
    public Rendered render(Map<String, ?> variables, Clock clock) {
        Map<String, Object> values = new LinkedHashMap<>(Convert.variables(variables, limits));
        Run run = new Run(limits, clock, values);
        Interpreter interpreter = new Interpreter(run);
        values.put("self", new BlockReferences(parsed.blocks(), interpreter));
        try {
            return interpreter.render(parsed.body());
        } catch (Problem problem) {
            throw new TemplateException(run.place(), problem.description());
        }
    }
}
