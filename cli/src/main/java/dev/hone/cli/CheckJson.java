package dev.hone.cli;

import dev.hone.data.check.CheckReport;
import dev.hone.data.check.Coverage;
import dev.hone.data.check.Finding;
import dev.hone.data.check.Severity;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code hone data check --json} writes: one document, its findings as they come, so that any
 * number of them takes no memory. {@code docs/data-check.md} has its schema.
 */
final class CheckJson implements AutoCloseable {
    /** Raised when a script that reads the document would have to change. */
    private static final int VERSION = 1;

    private final JsonGenerator json;

    CheckJson(PrintWriter out, List<Path> files, Optional<Path> holdout) {
        json =
                JsonMapper.builder()
                        .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                        .build()
                        .writerWithDefaultPrettyPrinter()
                        .createGenerator(out);
        json.writeStartObject();
        json.writeNumberProperty("version", VERSION);
        json.writeArrayPropertyStart("files");
        files.forEach(file -> json.writeString(file.toString()));
        json.writeEndArray();
        if (holdout.isPresent()) {
            json.writeStringProperty("holdout", holdout.get().toString());
        } else {
            json.writeNullProperty("holdout");
        }
        json.writeArrayPropertyStart("findings");
    }

    void finding(Finding finding) {
        json.writeStartObject();
        place(finding.place());
        json.writeStringProperty("severity", finding.code().severity().label());
        json.writeStringProperty("code", finding.code().id());
        json.writeStringProperty("found", finding.found());
        json.writeStringProperty("accepted", finding.accepted());
        json.writeEndObject();
    }

    private void place(dev.hone.data.check.Place place) {
        json.writeStringProperty("file", place.file());
        json.writeNumberProperty("line", place.line());
    }

    void summary(CheckReport report) {
        json.writeEndArray();
        json.writeObjectPropertyStart("summary");
        json.writeNumberProperty("rows", report.rows());
        json.writeNumberProperty("holdout_rows", report.holdoutRows());
        json.writeNumberProperty("errors", report.count(Severity.ERROR));
        json.writeNumberProperty("warnings", report.count(Severity.WARNING));
        json.writeNumberProperty("notes", report.count(Severity.NOTE));
        json.writeArrayPropertyStart("codes");
        for (CheckReport.CodeCount one : report.counts()) {
            json.writeStartObject();
            json.writeStringProperty("code", one.code().id());
            json.writeStringProperty("severity", one.code().severity().label());
            json.writeNumberProperty("count", one.count());
            json.writeStringProperty("title", one.code().title());
            json.writeStringProperty("advice", one.code().advice());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (report.tokens().isPresent()) {
            json.writeObjectPropertyStart("tokens");
            json.writeNumberProperty("all", report.tokens().get().tokens());
            json.writeNumberProperty("trained", report.tokens().get().trained());
            json.writeNumberProperty("longest_row", report.tokens().get().longest());
            json.writeEndObject();
        } else {
            json.writeNullProperty("tokens");
        }
        if (report.coverage().isPresent()) {
            coverage(report.coverage().get());
        } else {
            json.writeNullProperty("coverage");
        }
        json.writeEndObject();
        json.writeEndObject();
        json.writeRaw('\n');
    }

    private void coverage(Coverage coverage) {
        json.writeObjectPropertyStart("coverage");
        json.writeNumberProperty("rows", coverage.rows());
        json.writeNumberProperty("sampled", coverage.sampled());
        json.writeNumberProperty("holdout_rows", coverage.holdoutRows());
        json.writeNumberProperty("holdout_sampled", coverage.holdoutSampled());
        json.writeArrayPropertyStart("clusters");
        for (Coverage.Cluster cluster : coverage.clusters()) {
            json.writeStartObject();
            json.writeArrayPropertyStart("words");
            cluster.words().forEach(json::writeString);
            json.writeEndArray();
            json.writeNumberProperty("rows", cluster.rows());
            json.writeNumberProperty("holdout_rows", cluster.holdoutRows());
            json.writeObjectPropertyStart("typical");
            place(cluster.typical());
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    @Override
    public void close() {
        json.close();
    }
}
