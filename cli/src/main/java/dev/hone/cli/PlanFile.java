package dev.hone.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code plan.json} of a run folder: what was planned, probed and measured, as far as the run is.
 */
final class PlanFile {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Path file;
    private final ObjectNode json;

    private PlanFile(Path file, ObjectNode json) {
        this.file = file;
        this.json = json;
    }

    /** Starts the file with a plan; the probe of a run that is resumed stays in it. */
    static PlanFile write(Path file, Plan plan) throws IOException {
        ObjectNode json = MAPPER.createObjectNode();
        plan.put(json);
        if (Files.exists(file)) {
            JsonNode probe = MAPPER.readTree(Files.readAllBytes(file)).path("probe");
            if (probe.isObject()) {
                json.set("probe", probe);
            }
        }
        PlanFile written = new PlanFile(file, json);
        written.save();
        return written;
    }

    void add(Probe probe) throws IOException {
        probe.put(json.putObject("probe"));
        save();
    }

    void add(Measured measured, Plan plan) throws IOException {
        measured.put(json.putObject("measured"), plan);
        save();
    }

    private void save() throws IOException {
        Files.writeString(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json));
    }
}
