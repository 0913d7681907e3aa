package dev.hone.data;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.duckdb.DuckDBDriver;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Rows of a Parquet file, read by DuckDB one chunk at a time. Its native library is loaded when the
 * first such file is read. A row's line is its number in the file, from 1.
 */
final class ParquetRows {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ParquetRows() {}

    static void read(Path file, RowParser rows) throws IOException {
        Properties options = new Properties();
        options.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
        options.setProperty("autoinstall_known_extensions", "false");
        options.setProperty("autoload_known_extensions", "false");
        options.setProperty("preserve_insertion_order", "true");
        options.setProperty("memory_limit", "512MB");
        String path = file.toString().replace("'", "''");
        long number = 0;
        try (Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", options);
                Statement statement = connection.createStatement();
                ResultSet results =
                        statement.executeQuery(
                                "SELECT CAST(to_json(r) AS VARCHAR) FROM read_parquet('%s') r"
                                        .formatted(path))) {
            while (results.next()) {
                number++;
                rows.row(MAPPER.readTree(results.getString(1)), number);
            }
        } catch (SQLException | JacksonException e) {
            String fault = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            rows.problem(
                    "is not a Parquet file this version reads, after row %d: %s"
                            .formatted(number, fault));
        }
    }
}
