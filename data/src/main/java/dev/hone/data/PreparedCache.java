package dev.hone.data;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.hone.template.ChatTemplate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Prepared data in a folder, one file for each thing that was prepared. The name is a hash of all
 * that decides the content: the bytes of every data file, how they are read, the tokenizer, the
 * chat template, the options, and the code that does it. A file appears under its name only when it
 * is whole, and is checked whole when it is used.
 */
final class PreparedCache {

    private PreparedCache() {}

    static Dataset load(DataSpec spec, ExampleBuilder builder) {
        Optional<Path> folder =
                spec.cache()
                        .filter(cache -> bytes(spec) >= cache.leastBytes())
                        .map(DataSpec.Cache::folder);
        try {
            return folder.isPresent()
                    ? cached(spec, builder, folder.get())
                    : uncached(spec, builder, List.of());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot prepare data", e);
        }
    }

    private static Dataset uncached(DataSpec spec, ExampleBuilder builder, List<String> notices)
            throws IOException {
        Path file = Files.createTempFile("hone-", ".prepared");
        try {
            Preparation.run(spec, builder, file, false);
            // The mapping outlives the name.
            return Dataset.of(PreparedFile.open(file), spec, notices);
        } finally {
            Files.delete(file);
        }
    }

    private static Dataset cached(DataSpec spec, ExampleBuilder builder, Path folder)
            throws IOException {
        Path file = folder.resolve(key(spec, builder) + ".prepared");
        List<String> notices = new ArrayList<>();
        if (Files.isRegularFile(file)) {
            try {
                PreparedFile prepared = PreparedFile.open(file);
                notices.add("read from the prepared data in " + file);
                return Dataset.of(prepared, spec, notices);
            } catch (IOException e) {
                notices.add(
                        "the prepared data in %s could not be used, since %s; it was made anew"
                                .formatted(file, e.getMessage()));
            }
        }
        Path unfinished;
        try {
            Files.createDirectories(folder);
            unfinished = Files.createTempFile(folder, "unfinished-", ".prepared");
        } catch (IOException e) {
            notices.add(
                    "no prepared data is kept, since the folder %s cannot be written to"
                            .formatted(folder));
            return uncached(spec, builder, notices);
        }
        try {
            Preparation.run(spec, builder, unfinished, true);
            Files.move(
                    unfinished,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        return Dataset.of(PreparedFile.open(file), spec, notices);
    }

    private static long bytes(DataSpec spec) {
        long bytes = 0;
        for (DataSource source : sources(spec)) {
            for (Path file : SourceFiles.of(source.path())) {
                bytes += file.toFile().length();
            }
        }
        return bytes;
    }

    private static List<DataSource> sources(DataSpec spec) {
        List<DataSource> sources = new ArrayList<>(spec.train());
        if (spec.holdout() instanceof Holdout.Files held) {
            sources.add(held.source());
        }
        return sources;
    }

    /** Weights of sources do not count: they decide the order and not the examples. */
    static String key(DataSpec spec, ExampleBuilder builder) {
        MessageDigest digest = RowKey.sha256();
        add(digest, CodeVersion.of(PreparedCache.class, ChatTemplate.class));
        add(digest, CodeVersion.library(HuggingFaceTokenizer.class));
        add(digest, builder.identity());
        add(digest, "trained from %d sources".formatted(spec.train().size()));
        add(
                digest,
                switch (spec.holdout()) {
                    case Holdout.None _ -> "no holdout";
                    case Holdout.Share share -> share.toString();
                    case Holdout.Files _ -> "the last source is held out";
                });
        for (DataSource source : sources(spec)) {
            add(digest, source.format() + " " + new RowRenaming(source.mapping()));
            for (Path file : SourceFiles.of(source.path())) {
                add(digest, file + " " + FileHash.of(file));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
    }
}
