package dev.hone.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Loss on the rows kept from training, before and after; either may be unknown. */
record HeldBack(@Nullable Double before, @Nullable Double after) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    void print(PrintWriter out) {
        if (before != null && after != null) {
            out.printf("Held-back loss  %.4f before, %.4f after%n", before, after);
        } else if (after != null) {
            out.printf("Held-back loss  %.4f%n", after);
        }
    }

    void write(Path file) throws IOException {
        if (before == null && after == null) {
            return;
        }
        ObjectNode json = MAPPER.createObjectNode();
        json.put("loss_before", before);
        json.put("loss_after", after);
        Files.writeString(file, json.toString() + "\n");
    }
}
