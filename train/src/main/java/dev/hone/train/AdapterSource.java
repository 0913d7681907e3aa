package dev.hone.train;

import dev.hone.model.Adapter;
import dev.hone.model.LoraSpec;
import dev.hone.model.PeftAdapter;
import dev.hone.model.WeightSource;
import java.nio.file.Path;
import java.util.Optional;

/** Where the adapter of a run comes from: made new, or a folder to go on from. */
final class AdapterSource implements AutoCloseable {
    private final Adapter adapter;
    private final WeightSource weights;

    private AdapterSource(Adapter adapter) {
        this.adapter = adapter;
        this.weights = adapter.weights();
    }

    static AdapterSource of(LoraSpec spec, Optional<Path> from, long seed) {
        return new AdapterSource(
                from.map(folder -> new Adapter(spec, PeftAdapter.open(folder)))
                        .orElseGet(() -> Adapter.fresh(spec, seed)));
    }

    /** The size of the adapter in a folder. */
    static LoraSpec spec(Path folder) {
        try (PeftAdapter adapter = PeftAdapter.open(folder)) {
            return adapter.spec();
        }
    }

    Adapter adapter() {
        return adapter;
    }

    @Override
    public void close() {
        weights.close();
    }
}
