package dev.hone.evaluate;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Whether answers are JSON that a JSON Schema (draft 2020-12) accepts. */
public final class JsonCheck {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final Schema schema;

    private JsonCheck(Schema schema) {
        this.schema = schema;
    }

    /** Reads a schema file. */
    public static JsonCheck of(Path file) throws IOException {
        return new JsonCheck(
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(Files.readString(file)));
    }

    /** Whether the whole text is one JSON value that the schema accepts. */
    public boolean accepts(String text) {
        try {
            return schema.validate(MAPPER.readTree(text)).isEmpty();
        } catch (JacksonException _) {
            return false;
        }
    }
}
