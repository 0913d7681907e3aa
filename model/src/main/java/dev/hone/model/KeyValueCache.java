package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Tensor;

/** Keys and values [capacity, K, E] of every layer for one sequence that is being decoded. */
public final class KeyValueCache implements AutoCloseable {
    private final Tensor[] keys;
    private final Tensor[] values;
    private final int capacity;
    private int length;

    /** An empty cache for at most {@code capacity} tokens; the caller closes it. */
    public KeyValueCache(Ops ops, ModelConfig config, DType dtype, int capacity) {
        this.keys = new Tensor[config.layers()];
        this.values = new Tensor[config.layers()];
        this.capacity = capacity;
        for (int i = 0; i < keys.length; i++) {
            keys[i] = ops.empty(dtype, capacity, config.keyValueHeads(), config.headSize());
            values[i] = ops.empty(dtype, capacity, config.keyValueHeads(), config.headSize());
        }
    }

    /** Tokens in the cache. */
    public int length() {
        return length;
    }

    public int capacity() {
        return capacity;
    }

    void append(Ops ops, int layer, Tensor key, Tensor value) {
        try (Scope _ = ops.scope()) {
            long end = length + key.dim(0);
            ops.copy(key, ops.rows(keys[layer], length, end));
            ops.copy(value, ops.rows(values[layer], length, end));
        }
    }

    void advance(int tokens) {
        length += tokens;
    }

    Tensor keys(int layer) {
        return keys[layer];
    }

    Tensor values(int layer) {
        return values[layer];
    }

    @Override
    public void close() {
        for (int i = 0; i < keys.length; i++) {
            keys[i].close();
            values[i].close();
        }
    }
}
