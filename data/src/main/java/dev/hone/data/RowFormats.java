package dev.hone.data;

import java.util.List;
import java.util.stream.Collectors;

/** The formats that rows may be written in. */
final class RowFormats {

    /**
     * All formats, in the order in which they are tried: the first that a row matches is taken.
     * Those that say more about a row stand before those that say less.
     */
    static final List<RowFormat> ALL =
            List.of(
                    new KtoFormat(),
                    new PreferenceFormat(),
                    new OpenAiPreferenceFormat(),
                    new MessagesFormat(),
                    new ShareGptFormat(),
                    new TokensFormat(),
                    new SegmentsFormat(),
                    new AlpacaFormat(),
                    new PromptCompletionFormat(),
                    new TextFormat());

    private RowFormats() {}

    /**
     * The format of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    static RowFormat named(String name) {
        return ALL.stream()
                .filter(format -> format.name().equals(name))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> names = ALL.stream().map(RowFormat::name).sorted().toList();
                    return new IllegalArgumentException(
                            "format is \"%s\"; expected one of %s%s"
                                    .formatted(
                                            name,
                                            String.join(", ", names),
                                            Suggestion.nearest(name, names)
                                                    .map(near -> "; did you mean \"" + near + "\"?")
                                                    .orElse("")));
                });
    }

    /** The format's keys in words: {@code instruction, output (and history, input, system)}. */
    static String describe(RowFormat format) {
        String required = format.required().stream().sorted().collect(Collectors.joining(", "));
        return format.optional().isEmpty()
                ? required
                : required
                        + " (and "
                        + format.optional().stream().sorted().collect(Collectors.joining(", "))
                        + ")";
    }
}
