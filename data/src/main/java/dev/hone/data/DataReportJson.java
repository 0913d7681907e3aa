package dev.hone.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A {@link DataReport} as JSON and back, key by key; notices are of the moment and left out. */
final class DataReportJson {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private DataReportJson() {}

    static ObjectNode write(DataReport report) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("rows", report.rows());
        json.set("dropped", tally(report.dropped()));
        json.set("truncated", tally(report.truncated()));
        json.set("repeated", tally(report.repeated()));
        json.set("leaks", tally(report.leaks()));
        json.set("train", part(report.train()));
        json.set("holdout", part(report.holdout()));
        ObjectNode remarks = json.putObject("remarks");
        report.remarks().forEach((remark, tally) -> remarks.set(remark.name(), tally(tally)));
        ObjectNode ignored = json.putObject("ignored_keys");
        report.ignoredKeys().forEach(ignored::put);
        return json;
    }

    static DataReport read(JsonNode json) {
        SortedMap<Remark, Tally> remarks = new TreeMap<>();
        for (Map.Entry<String, JsonNode> remark : json.path("remarks").properties()) {
            remarks.put(Remark.valueOf(remark.getKey()), tally(remark.getValue()));
        }
        SortedMap<String, Long> ignored = new TreeMap<>();
        for (Map.Entry<String, JsonNode> key : json.path("ignored_keys").properties()) {
            ignored.put(key.getKey(), key.getValue().longValue());
        }
        return new DataReport(
                json.path("rows").longValue(),
                tally(json.path("dropped")),
                tally(json.path("truncated")),
                tally(json.path("repeated")),
                tally(json.path("leaks")),
                part(json.path("train")),
                part(json.path("holdout")),
                remarks,
                ignored,
                List.of());
    }

    private static ObjectNode tally(Tally tally) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("count", tally.count());
        tally.sources().forEach(json.putArray("sources")::add);
        return json;
    }

    private static Tally tally(JsonNode json) {
        List<String> sources = new ArrayList<>();
        json.path("sources").forEach(source -> sources.add(source.stringValue()));
        return new Tally(json.path("count").longValue(), List.copyOf(sources));
    }

    private static ObjectNode part(DataReport.Part part) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("examples", part.examples());
        json.put("tokens", part.tokens());
        json.put("supervised_tokens", part.supervisedTokens());
        Lengths lengths = part.lengths();
        json.put("shortest", lengths.shortest());
        json.put("p50", lengths.p50());
        json.put("p90", lengths.p90());
        json.put("p99", lengths.p99());
        json.put("longest", lengths.longest());
        return json;
    }

    private static DataReport.Part part(JsonNode json) {
        return new DataReport.Part(
                json.path("examples").longValue(),
                json.path("tokens").longValue(),
                json.path("supervised_tokens").longValue(),
                new Lengths(
                        json.path("shortest").intValue(),
                        json.path("p50").intValue(),
                        json.path("p90").intValue(),
                        json.path("p99").intValue(),
                        json.path("longest").intValue()));
    }
}
