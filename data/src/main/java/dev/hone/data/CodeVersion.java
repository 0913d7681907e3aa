package dev.hone.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The version of code as a hash of its bytes. A number that somebody raises when the code changes
 * is forgotten sooner or later, and then old results are taken for new ones.
 */
final class CodeVersion {

    private CodeVersion() {}

    /** Hash of the jars or folders that classes come from. */
    static String of(Class<?>... classes) {
        StringBuilder versions = new StringBuilder();
        for (Class<?> each : classes) {
            versions.append(of(place(each))).append(' ');
        }
        return versions.toString();
    }

    /** The name of the jar of a library, which has its version in it. */
    static String library(Class<?> owner) {
        return String.valueOf(place(owner).getFileName());
    }

    private static Path place(Class<?> owner) {
        CodeSource source = owner.getProtectionDomain().getCodeSource();
        if (source == null) {
            throw new IllegalStateException(owner + " says not where it comes from");
        }
        try {
            return Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("No path: " + source.getLocation(), e);
        }
    }

    /** Hash of a jar, or of all files of a folder. */
    static String of(Path place) {
        if (Files.isRegularFile(place)) {
            return FileHash.of(place);
        }
        MessageDigest digest = RowKey.sha256();
        for (Path file : files(place)) {
            String line = place.relativize(file) + " " + FileHash.of(file) + "\n";
            digest.update(line.getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + folder, e);
        }
    }
}
