package dev.hone.starter.tokenizer;

import dev.hone.starter.tokenizer.BytePairTrainer.Merge;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a trained vocabulary as a Hugging Face {@code tokenizer.json}: model BPE, cut by {@link
 * SplitPattern}, bytes as {@link ByteAlphabet} writes them, special tokens last.
 */
public final class TokenizerFile {
    /** Tokens that text cannot produce; they take the vocabulary's last places in this order. */
    static final List<String> SPECIAL =
            List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|pad|>");

    private TokenizerFile() {}

    /** The whole file for a vocabulary of bytes, merges and special tokens. */
    static Map<String, @Nullable Object> of(List<Merge> merges) {
        ByteAlphabet alphabet = new ByteAlphabet();
        List<String> symbols = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            symbols.add(String.valueOf(alphabet.of(value)));
        }
        List<List<String>> written = new ArrayList<>();
        for (Merge merge : merges) {
            String left = symbols.get(merge.left());
            String right = symbols.get(merge.right());
            written.add(List.of(left, right));
            symbols.add(left + right);
        }
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        symbols.forEach(symbol -> vocabulary.put(symbol, vocabulary.size()));
        List<Map<String, @Nullable Object>> added = new ArrayList<>();
        for (String special : SPECIAL) {
            vocabulary.put(special, vocabulary.size());
            added.add(
                    object(
                            "id",
                            vocabulary.size() - 1,
                            "content",
                            special,
                            "single_word",
                            false,
                            "lstrip",
                            false,
                            "rstrip",
                            false,
                            "normalized",
                            false,
                            "special",
                            true));
        }
        Map<String, @Nullable Object> byteLevel =
                object(
                        "type",
                        "ByteLevel",
                        "add_prefix_space",
                        false,
                        "trim_offsets",
                        true,
                        "use_regex",
                        false);
        return object(
                "version",
                "1.0",
                "truncation",
                null,
                "padding",
                null,
                "added_tokens",
                added,
                "normalizer",
                null,
                "pre_tokenizer",
                object(
                        "type",
                        "Sequence",
                        "pretokenizers",
                        List.of(
                                object(
                                        "type",
                                        "Split",
                                        "pattern",
                                        Map.of("Regex", SplitPattern.REGEX),
                                        "behavior",
                                        "Isolated",
                                        "invert",
                                        false),
                                byteLevel)),
                "post_processor",
                byteLevel,
                "decoder",
                object(
                        "type",
                        "ByteLevel",
                        "add_prefix_space",
                        true,
                        "trim_offsets",
                        true,
                        "use_regex",
                        true),
                "model",
                object(
                        "type",
                        "BPE",
                        "dropout",
                        null,
                        "unk_token",
                        null,
                        "continuing_subword_prefix",
                        null,
                        "end_of_word_suffix",
                        null,
                        "fuse_unk",
                        false,
                        "byte_fallback",
                        false,
                        "ignore_merges",
                        false,
                        "vocab",
                        vocabulary,
                        "merges",
                        written));
    }

    private static Map<String, @Nullable Object> object(@Nullable Object... keysAndValues) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            object.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
        }
        return object;
    }

    /** How many bytes of rows the vocabulary is trained on. */
    static final long SAMPLE_BYTES = 5_000_000;

    /**
     * Counts the pieces in the first {@code bytes} of a file of rows with {@code text} or {@code
     * messages}.
     */
    static Map<String, Long> count(Path rows, long bytes) throws IOException {
        SplitPattern split = new SplitPattern();
        Map<String, Long> counts = new TreeMap<>();
        JsonMapper json = JsonMapper.shared();
        long read = 0;
        try (BufferedReader reader = Files.newBufferedReader(rows, StandardCharsets.UTF_8)) {
            for (String line = reader.readLine();
                    line != null && read < bytes;
                    line = reader.readLine()) {
                JsonNode row = json.readTree(line);
                if (row.has("text")) {
                    split.count(row.get("text").asString(), counts);
                } else {
                    for (JsonNode message : row.get("messages")) {
                        split.count(message.get("role").asString(), counts);
                        split.count(message.get("content").asString(), counts);
                    }
                }
                read += line.length();
            }
        }
        return counts;
    }

    /**
     * Trains a vocabulary and writes it.
     *
     * @param args the file of rows, the vocabulary's size, and the {@code tokenizer.json} to write
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            throw new IllegalArgumentException(
                    "found "
                            + List.of(args)
                            + ", expected: ROWS.jsonl VOCABULARY_SIZE tokenizer.json");
        }
        Files.writeString(Path.of(args[2]), trained(Path.of(args[0]), Integer.parseInt(args[1])));
    }

    /**
     * The text of {@code tokenizer.json} for a vocabulary of {@code size} tokens trained on the
     * first rows of a file.
     */
    static String trained(Path rows, int size) throws IOException {
        int merges = size - 256 - SPECIAL.size();
        JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        String text =
                json.writeValueAsString(
                        of(BytePairTrainer.train(count(rows, SAMPLE_BYTES), merges)));
        return text.replace("\r\n", "\n") + "\n";
    }
}
