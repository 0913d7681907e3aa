package dev.hone.data.check;

import dev.hone.data.Tool;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether the parameters of tools are JSON schemas, as far as their types go. */
record ToolSchemaCheck() implements Check.OfRow {

    private static final Set<String> TYPES =
            Set.of("object", "array", "string", "number", "integer", "boolean", "null");

    @Override
    public void check(CheckedRow row, Findings out) {
        for (Tool tool : row.tools()) {
            Optional<String> fault = fault(tool.function().get("parameters"));
            if (fault.isPresent()) {
                out.add(
                        row,
                        Code.TOOL_SCHEMA,
                        "the parameters of the tool %s have the type %s"
                                .formatted(tool.name(), fault.get()),
                        "a type of JSON schema");
                return;
            }
        }
    }

    /** The first type in a schema that JSON schema does not know. */
    static Optional<String> fault(@Nullable Object schema) {
        return switch (schema) {
            case Map<?, ?> map -> {
                Object type = map.get("type");
                if (type instanceof String name && !TYPES.contains(name)) {
                    yield Optional.of("\"" + name + "\"");
                }
                if (map.get("properties") instanceof Map<?, ?> properties) {
                    Optional<String> within = any(properties.values());
                    if (within.isPresent()) {
                        yield within;
                    }
                }
                yield fault(map.get("items"));
            }
            case Collection<?> list -> any(list);
            case null, default -> Optional.empty();
        };
    }

    private static Optional<String> any(Collection<?> schemas) {
        return schemas.stream().map(ToolSchemaCheck::fault).flatMap(Optional::stream).findFirst();
    }
}
