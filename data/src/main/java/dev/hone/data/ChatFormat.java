package dev.hone.data;

import dev.hone.template.ChatTemplate;
import dev.hone.template.Rendered;
import dev.hone.template.TemplateException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How a model writes a conversation: its chat template, its special tokens, and the tokens that end
 * a reply. Immutable, safe from several threads.
 */
public final class ChatFormat {

    /** A reply that no template would write by itself; what follows it is the end of a turn. */
    private static final String PROBE = "HoneProbeReply";

    private final Path folder;
    private final @Nullable ChatTemplate template;
    private final TemplateDialect dialect;
    private final Map<String, String> specialTokens;
    private final Optional<Boolean> addsBos;
    private final List<Integer> eosIds;
    private final Clock clock;

    private ChatFormat(
            Path folder,
            @Nullable ChatTemplate template,
            TemplateDialect dialect,
            ModelFiles files,
            Clock clock) {
        this.folder = folder;
        this.template = template;
        this.dialect = dialect;
        this.specialTokens = Map.copyOf(files.specialTokens());
        this.addsBos = files.addsBos();
        this.eosIds = files.eosIds();
        this.clock = clock;
    }

    /**
     * Loads the format of a model folder; a template that writes the date sees the time of this
     * call throughout.
     */
    public static ChatFormat load(Path modelFolder) {
        return load(modelFolder, Clock.fixed(Instant.now(), ZoneId.systemDefault()));
    }

    /**
     * Loads the format of a model folder. A folder without a chat template is fine until a
     * conversation needs one.
     *
     * @param clock what templates see that write today's date
     * @throws DataException if the folder does not exist, or the template or a configuration file
     *     cannot be parsed
     */
    public static ChatFormat load(Path modelFolder, Clock clock) {
        if (!Files.isDirectory(modelFolder)) {
            throw new DataException(
                    modelFolder.toString(),
                    "is not a folder; expected a Hugging Face model folder");
        }
        ModelFiles files = new ModelFiles(modelFolder);
        Optional<ModelFiles.TemplateSource> source = files.chatTemplate();
        if (source.isEmpty()) {
            return new ChatFormat(modelFolder, null, TemplateDialect.PLAIN, files, clock);
        }
        try {
            ChatTemplate template = ChatTemplate.parse(source.get().text());
            return new ChatFormat(
                    modelFolder,
                    template,
                    TemplateDialect.of(template, source.get().text(), files.specialTokens(), clock),
                    files,
                    clock);
        } catch (TemplateException e) {
            throw new DataException(
                    source.get().where(), "the chat template cannot be parsed: " + e.getMessage());
        }
    }

    /** Whether the model folder has a chat template. */
    public boolean hasTemplate() {
        return template != null;
    }

    /**
     * A special token such as {@code bos_token}, {@code eos_token}, {@code pad_token} or {@code
     * unk_token}.
     */
    public Optional<String> specialToken(String name) {
        return Optional.ofNullable(specialTokens.get(name));
    }

    /**
     * The text the model sees for a conversation.
     *
     * @param addGenerationPrompt whether to end with what precedes the assistant's next reply
     * @throws DataException if the model has no chat template
     * @throws TemplateException if the template refuses the conversation
     */
    public String render(List<Message> messages, boolean addGenerationPrompt) {
        return render(messages, List.of(), addGenerationPrompt);
    }

    /**
     * The text the model sees for a conversation that offers tools.
     *
     * @param tools what the assistant may call
     * @param addGenerationPrompt whether to end with what precedes the assistant's next reply
     * @throws DataException if the model has no chat template
     * @throws TemplateException if the template refuses the conversation
     */
    public String render(List<Message> messages, List<Tool> tools, boolean addGenerationPrompt) {
        return rendered(messages, tools, addGenerationPrompt).text();
    }

    /**
     * Tokens that end a reply, by id, ascending: {@code eos_token_id} of {@code
     * generation_config.json}, else of {@code config.json}, else the tokenizer's {@code eos_token};
     * and the marker that the template writes after a reply.
     */
    public SequencedSet<Integer> stopTokens(Tokenizer tokenizer) {
        TreeSet<Integer> stops = new TreeSet<>(eosIds);
        if (stops.isEmpty()) {
            specialToken("eos_token").flatMap(tokenizer::id).ifPresent(stops::add);
        }
        endOfTurn(tokenizer).ifPresent(stops::add);
        return stops;
    }

    /**
     * The added token that the template writes right after a reply, spaces aside; empty if it
     * writes none.
     */
    private Optional<Integer> endOfTurn(Tokenizer tokenizer) {
        if (template == null) {
            return Optional.empty();
        }
        String text;
        try {
            text =
                    render(
                            List.of(new Message("user", "Hi"), new Message("assistant", PROBE)),
                            false);
        } catch (TemplateException e) {
            // Such a template speaks up with its own words on the first real conversation.
            return Optional.empty();
        }
        int reply = text.lastIndexOf(PROBE);
        if (reply < 0) {
            return Optional.empty();
        }
        int[] after = tokenizer.encode(text.substring(reply + PROBE.length()).strip());
        return after.length > 0 && tokenizer.isAdded(after[0])
                ? Optional.of(after[0])
                : Optional.empty();
    }

    /**
     * Whether plain text starts with {@code bos_token}: by {@code add_bos_token}, else by what the
     * tokenizer does.
     */
    Optional<Integer> textBos(Tokenizer tokenizer) {
        Optional<Integer> bos = specialToken("bos_token").flatMap(tokenizer::id);
        return bos.filter(id ->
                addsBos.orElseGet(() -> {
                    int[] ids = tokenizer.encodeWithAddedTokens("a");
                    return ids.length > 0 && ids[0] == id;
                }));
    }

    /** What plain text ends with: {@code eos_token}, else the first {@code eos_token_id}. */
    Optional<Integer> textEos(Tokenizer tokenizer) {
        return specialToken("eos_token")
                .flatMap(tokenizer::id)
                .or(() -> eosIds.stream().findFirst());
    }

    /**
     * SHA-256 of all that decides how a conversation is written, in hex: the folder's files that
     * say it and, for a template that writes today's date, the day.
     */
    String fingerprint() {
        StringBuilder all = new StringBuilder();
        ModelFiles.NAMES.forEach(name -> all.append(FileHash.of(folder.resolve(name))));
        if (dialect.writesDate()) {
            all.append(LocalDate.now(clock));
        }
        byte[] hash = RowKey.sha256().digest(all.toString().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash);
    }

    /** Whether the template marks the assistant's text with {@code {% generation %}}. */
    boolean marksGeneration() {
        return template != null && template.marksGeneration();
    }

    /** As {@link #render}, with the spans the template marks as generated. */
    Rendered rendered(List<Message> messages, List<Tool> tools, boolean addGenerationPrompt) {
        if (template == null) {
            throw new DataException(
                    folder.toString(),
                    "has no chat template (neither chat_template.jinja nor chat_template in"
                            + " tokenizer_config.json), and a conversation needs one; use the instruct"
                            + " variant of the model, add chat_template.jinja, or train on rows of"
                            + " text");
        }
        Map<String, @Nullable Object> variables = new LinkedHashMap<>(specialTokens);
        variables.put("messages", dialect.messages(messages));
        variables.put("tools", TemplateDialect.tools(tools));
        variables.put("documents", null);
        variables.put("add_generation_prompt", addGenerationPrompt);
        return template.render(variables, clock);
    }
}
