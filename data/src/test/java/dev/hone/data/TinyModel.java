package dev.hone.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A model folder for tests: 400 byte-level BPE tokens, then {@code <|endoftext|>} 400, {@code
 * <|im_start|>} 401, {@code <|im_end|>} 402 and {@code <s>} 403, with a ChatML template. Single
 * files can be replaced.
 */
final class TinyModel {

    static final int END_OF_TEXT = 400;
    static final int IM_START = 401;
    static final int IM_END = 402;
    static final int BOS = 403;

    private final Path folder;

    private TinyModel(Path folder) {
        this.folder = folder;
    }

    static TinyModel in(Path parent) {
        TinyModel model = new TinyModel(parent.resolve("tiny-model"));
        for (String name :
                List.of(
                        "tokenizer.json",
                        "tokenizer_config.json",
                        "config.json",
                        "generation_config.json",
                        "chat_template.jinja")) {
            model.with(name, resource("tiny/" + name));
        }
        return model;
    }

    TinyModel with(String name, String content) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(name), content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TinyModel without(String name) {
        try {
            Files.delete(folder.resolve(name));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces a part of a file, which must be there. */
    TinyModel replace(String name, String part, String by) {
        try {
            String content = Files.readString(folder.resolve(name));
            if (!content.contains(part)) {
                throw new IllegalArgumentException(name + " does not contain " + part);
            }
            return with(name, content.replace(part, by));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path folder() {
        return folder;
    }

    Tokenizer tokenizer() {
        return Tokenizer.load(folder);
    }

    ChatFormat format() {
        return ChatFormat.load(folder);
    }

    static String resource(String name) {
        try (InputStream in =
                Objects.requireNonNull(TinyModel.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
