package dev.hone.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * What the small JSON files of a Hugging Face model folder say about special tokens and the chat
 * template.
 */
final class ModelFiles {

    /** Files that decide how conversations are written and where they end. */
    static final List<String> NAMES =
            List.of(
                    "chat_template.jinja",
                    "tokenizer_config.json",
                    "special_tokens_map.json",
                    "generation_config.json",
                    "config.json");

    private static final String TEMPLATE_FILE = "chat_template.jinja";
    private static final String TOKENIZER_CONFIG = "tokenizer_config.json";

    private final Path folder;
    private final JsonNode tokenizerConfig;

    ModelFiles(Path folder) {
        this.folder = folder;
        this.tokenizerConfig = json(TOKENIZER_CONFIG);
    }

    /**
     * Source of the default chat template: {@code chat_template.jinja}, else {@code
     * tokenizer_config.json}.
     */
    Optional<TemplateSource> chatTemplate() {
        Path file = folder.resolve(TEMPLATE_FILE);
        if (Files.isRegularFile(file)) {
            return Optional.of(new TemplateSource(file.toString(), text(file)));
        }
        String where = folder.resolve(TOKENIZER_CONFIG).toString();
        JsonNode template = tokenizerConfig.path("chat_template");
        if (template.isMissingNode() || template.isNull()) {
            return Optional.empty();
        }
        if (template.isString()) {
            return Optional.of(new TemplateSource(where, template.stringValue()));
        }
        List<String> names = new ArrayList<>();
        for (JsonNode entry : template) {
            String name = entry.path("name").asString("");
            if (name.equals("default")) {
                return Optional.of(new TemplateSource(where, entry.path("template").asString("")));
            }
            names.add(name);
        }
        throw new DataException(
                where,
                "chat_template is a list without an entry named \"default\"; found the names "
                        + names);
    }

    /**
     * All special tokens that have a value, by name: {@code bos_token}, {@code eos_token}, and
     * whatever else ends in {@code _token}. {@code tokenizer_config.json} wins over {@code
     * special_tokens_map.json}.
     */
    Map<String, String> specialTokens() {
        Map<String, String> tokens = new LinkedHashMap<>();
        for (JsonNode file : List.of(json("special_tokens_map.json"), tokenizerConfig)) {
            for (Map.Entry<String, JsonNode> entry : file.properties()) {
                JsonNode value = entry.getValue();
                JsonNode content = value.isObject() ? value.path("content") : value;
                if (entry.getKey().endsWith("_token") && content.isString()) {
                    tokens.put(entry.getKey(), content.stringValue());
                }
            }
        }
        return tokens;
    }

    /** {@code add_bos_token} of {@code tokenizer_config.json}, if it is said there. */
    Optional<Boolean> addsBos() {
        JsonNode flag = tokenizerConfig.path("add_bos_token");
        return flag.isBoolean() ? Optional.of(flag.booleanValue()) : Optional.empty();
    }

    /**
     * {@code eos_token_id} of {@code generation_config.json}, else of {@code config.json}: a number
     * or a list.
     */
    List<Integer> eosIds() {
        JsonNode config = json("config.json");
        for (JsonNode owner :
                List.of(json("generation_config.json"), config, config.path("text_config"))) {
            JsonNode eos = owner.path("eos_token_id");
            List<Integer> ids = new ArrayList<>();
            if (eos.isInt()) {
                ids.add(eos.intValue());
            }
            eos.values().forEach(id -> ids.add(id.intValue()));
            if (!ids.isEmpty()) {
                return List.copyOf(ids);
            }
        }
        return List.of();
    }

    private JsonNode json(String name) {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        try {
            return new JsonMapper().readTree(text(file));
        } catch (JacksonException e) {
            throw new DataException(
                    file.toString(), "is not valid JSON: " + e.getOriginalMessage());
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new DataException(file.toString(), "is not valid UTF-8");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    /**
     * A template and where it stands.
     *
     * @param where the file, for messages
     */
    record TemplateSource(String where, String text) {}
}
