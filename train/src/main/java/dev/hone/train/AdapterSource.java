package dev.hone.train;

import dev.hone.model.Adapter;
import dev.hone.model.PeftAdapter;
import dev.hone.model.RestOfBase;
import dev.hone.model.WeightSource;
import java.nio.file.Path;

/** Where the adapter of a run comes from: made new, or a folder to go on from. */
final class AdapterSource implements AutoCloseable {
    private final Adapter adapter;
    private final boolean restOfBase;

    private AdapterSource(Adapter adapter, boolean restOfBase) {
        this.adapter = adapter;
        this.restOfBase = restOfBase;
    }

    /**
     * @param start the folder of a start that was found from the base, where the run has one
     */
    static AdapterSource of(RunFile.Method.Lora lora, Path start, long seed) {
        if (lora.startsFromBase()) {
            return new AdapterSource(
                    new Adapter(lora.spec(), PeftAdapter.open(start), true), lora.changesBase());
        }
        return new AdapterSource(
                lora.from()
                        .map(folder -> new Adapter(lora.spec(), PeftAdapter.open(folder)))
                        .orElseGet(() -> Adapter.fresh(lora.spec(), lora.start(), seed)),
                false);
    }

    Adapter adapter() {
        return adapter;
    }

    /** The base that the adapter goes on: the model's, or what its start has left of it. */
    WeightSource base(WeightSource model) {
        return restOfBase ? new RestOfBase(model, adapter) : model;
    }

    @Override
    public void close() {
        adapter.weights().close();
    }
}
