package dev.hone.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The GPUs that plans rank: {@code gpus.csv}, each figure with its source. */
public final class GpuCatalogue {
    private static final List<String> COLUMNS =
            List.of(
                    "name",
                    "memory",
                    "usable",
                    "bandwidth",
                    "bf16",
                    "fp32",
                    "pcie",
                    "link",
                    "capability",
                    "host",
                    "watts",
                    "launch",
                    "driver");

    private final List<Gpu> gpus;
    private final Map<String, String> sources;

    private GpuCatalogue(List<Gpu> gpus, Map<String, String> sources) {
        this.gpus = gpus;
        this.sources = sources;
    }

    /** The catalogue that comes with Hone. */
    public static GpuCatalogue load() {
        Map<String, String> sources = new LinkedHashMap<>();
        for (Table.Row row : Table.resource("sources.csv", List.of("mark", "source")).rows()) {
            sources.put(row.text("mark"), row.text("source"));
        }
        List<Gpu> gpus = new ArrayList<>();
        for (Table.Row row : Table.resource("gpus.csv", COLUMNS).rows()) {
            gpus.add(
                    new Gpu(
                            row.text("name"),
                            Figure.of(row, "memory"),
                            Figure.of(row, "usable"),
                            Figure.of(row, "bandwidth"),
                            Figure.of(row, "bf16"),
                            Figure.of(row, "fp32"),
                            Figure.of(row, "pcie"),
                            Figure.of(row, "link"),
                            row.text("capability"),
                            row.text("host"),
                            Figure.of(row, "watts"),
                            row.text("launch").equals("-")
                                    ? Optional.empty()
                                    : Optional.of(Figure.of(row, "launch")),
                            row.text("driver")));
        }
        return new GpuCatalogue(List.copyOf(gpus), sources);
    }

    /** All GPUs, consumer cards first, then workstation and data centre. */
    public List<Gpu> gpus() {
        return gpus;
    }

    /** What each mark behind a figure means. */
    public Map<String, String> sources() {
        return Map.copyOf(sources);
    }

    /** The GPU of this name, upper or lower case, or of this name as its driver reports it. */
    public Optional<Gpu> find(String name) {
        String wanted = Choices.plain(name);
        return gpus.stream()
                .filter(g ->
                        Choices.plain(g.name()).equals(wanted)
                                || Choices.plain(g.driverName()).equals(wanted))
                .findFirst();
    }

    /** As {@link #find}; says which there are when there is none. */
    public Gpu require(String name) {
        return find(name)
                .orElseThrow(() ->
                        new PlanException(
                                "unknown GPU '%s'; %s"
                                        .formatted(
                                                name,
                                                Choices.hint(
                                                        name,
                                                        gpus.stream().map(Gpu::name).toList()))));
    }
}
