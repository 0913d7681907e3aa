package dev.hone.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files that a path names: itself, all data files of a folder, or those a pattern matches. */
final class SourceFiles {

    private static final Pattern DATA_FILE =
            Pattern.compile("(?i).+\\.(jsonl|ndjson|json|csv|tsv|parquet)(\\.(gz|gzip|zst|zstd))?");
    private static final Pattern WILDCARD = Pattern.compile("[*?{\\[]");

    private SourceFiles() {}

    /**
     * Files in order of their paths. A folder is searched with all below it, hidden ones and
     * LLaMA-Factory's {@code dataset_info.json} left out; a pattern is a glob, where {@code **}
     * crosses folders.
     *
     * @throws DataException if there is no such file, or none in the folder or by the pattern
     */
    static List<Path> of(Path path) {
        try {
            if (Files.isDirectory(path)) {
                List<Path> files = search(path, file -> isData(path.relativize(file)));
                return requireSome(
                        path,
                        files,
                        "holds no data files; expected .jsonl, .ndjson, .json, .csv, .tsv or .parquet, packed as .gz or .zst or not");
            }
            if (Files.exists(path)) {
                return List.of(path);
            }
            if (WILDCARD.matcher(path.toString()).find()) {
                PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + path);
                return requireSome(
                        path, search(root(path), matcher), "matches no file; expected one");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + path, e);
        }
        throw new DataException(
                path.toString(),
                "is not there; expected a file of rows, a folder of such files, or a pattern such as data/*.jsonl");
    }

    private static List<Path> requireSome(Path path, List<Path> files, String fault) {
        if (files.isEmpty()) {
            throw new DataException(path.toString(), fault);
        }
        return files;
    }

    private static List<Path> search(Path root, PathMatcher wanted) throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).filter(wanted::matches).sorted().toList();
        }
    }

    private static boolean isData(Path relative) {
        for (Path part : relative) {
            if (part.toString().startsWith(".")) {
                return false;
            }
        }
        String name = String.valueOf(relative.getFileName());
        return DATA_FILE.matcher(name).matches() && !name.equals(DatasetInfo.FILE);
    }

    /** The deepest folder that holds whatever a pattern can match. */
    private static Path root(Path pattern) {
        Path root = pattern.isAbsolute() ? pattern.getRoot() : Path.of("");
        for (Path part : pattern) {
            if (WILDCARD.matcher(part.toString()).find()) {
                break;
            }
            root = root.resolve(part);
        }
        return root;
    }
}
