package dev.hone.data;

import com.github.luben.zstd.ZstdIOException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.ZipException;

/**
 * Reads rows one at a time, so a file of any size needs the memory of one row: JSON Lines, one JSON
 * array of objects, CSV, TSV or Parquet; packed by gzip or zstd, or not. Every fault carries file
 * and line, and reading goes on after it where it can.
 */
public final class RowReader {

    private static final byte[] PARQUET_MAGIC = {'P', 'A', 'R', '1'};

    private RowReader() {}

    /**
     * Reads a file, a folder or a pattern of files, whose format shows in their rows.
     *
     * @throws DataException if there is no such file
     */
    public static void read(Path path, RowSink sink) {
        read(DataSource.of(path), sink);
    }

    /**
     * Reads all files of a source, each in full, one after the other.
     *
     * @throws DataException if there is no file
     */
    public static void read(DataSource source, RowSink sink) {
        for (Path file : SourceFiles.of(source.path())) {
            readFile(file, source, sink);
        }
    }

    /** Reads one file by the settings of its source. */
    static void readFile(Path file, DataSource source, RowSink sink) {
        if (String.valueOf(file.getFileName()).equals(DatasetInfo.FILE)) {
            throw DatasetInfo.isNoData(file);
        }
        RowParser parser = new RowParser(file, source, sink);
        try {
            if (Compression.startsWith(
                    Compression.head(file, PARQUET_MAGIC.length), PARQUET_MAGIC)) {
                ParquetRows.read(file, parser);
            } else if (separated(file, ".csv")) {
                CsvRows.read(file, ',', parser);
            } else if (separated(file, ".tsv")) {
                CsvRows.read(file, '\t', parser);
            } else {
                JsonRows.read(file, parser);
            }
        } catch (EOFException | ZipException | ZstdIOException e) {
            parser.problem(
                    "the packed file ends too early or is damaged; expected a whole .gz or .zst file");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
        parser.end();
    }

    private static boolean separated(Path file, String ending) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(ending) || name.contains(ending + ".");
    }
}
