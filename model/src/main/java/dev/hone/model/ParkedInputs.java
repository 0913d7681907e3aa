package dev.hone.model;

import dev.hone.tensor.HostBuffer;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Transfer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Inputs of layers [T, D], parked in host memory between a forward and its backward. An input
 * leaves while the layer after it computes, and comes back one layer ahead.
 */
final class ParkedInputs implements AutoCloseable {
    private final Ops ops;
    private final Spare spare;
    private final int layers;
    private final Map<Integer, Arrival> arriving = new HashMap<>();
    private @Nullable HostBuffer buffer;
    private @Nullable Tensor leaving;
    private @Nullable Transfer departure;

    /** A host buffer kept between passes: pinning memory takes longer than filling it. */
    static final class Spare implements AutoCloseable {
        private @Nullable HostBuffer buffer;

        private HostBuffer take(Ops ops, long bytes) {
            HostBuffer kept = buffer;
            buffer = null;
            if (kept != null && kept.bytes() >= bytes) {
                return kept;
            }
            if (kept != null) {
                kept.close();
            }
            return ops.hostBuffer(bytes);
        }

        private void giveBack(HostBuffer used) {
            close();
            buffer = used;
        }

        @Override
        public void close() {
            if (buffer != null) {
                buffer.close();
                buffer = null;
            }
        }
    }

    private record Arrival(Tensor x, Transfer transfer) {}

    /**
     * @param layers the first ones of the model park, {@code bytes} each
     */
    ParkedInputs(Ops ops, Spare spare, int layers, long bytes) {
        this.ops = ops;
        this.spare = spare;
        this.layers = layers;
        if (layers > 0) {
            buffer = spare.take(ops, layers * bytes);
        }
    }

    /** Starts to move a layer's input off the device; it is closed when the next one leaves. */
    void park(int layer, Tensor x) {
        settle();
        leaving = x;
        departure = ops.copyOut(x, buffer(), layer * x.bytes());
    }

    /** The last input that was parked is off the device. */
    void settle() {
        if (leaving != null && departure != null) {
            departure.join();
            leaving.close();
            leaving = null;
        }
    }

    private HostBuffer buffer() {
        if (buffer == null) {
            throw new IllegalStateException("no layer parks its input in this pass");
        }
        return buffer;
    }

    /**
     * The input of a layer that was parked is wanted soon; {@code like} has its dtype and shape.
     */
    void ahead(int layer, Tensor like) {
        if (layer >= 0 && layer < layers) {
            arriving.computeIfAbsent(layer, _ -> fetch(layer, like));
        }
    }

    private Arrival fetch(int layer, Tensor like) {
        Tensor x = ops.empty(like.dtype(), like.shape().dims());
        return new Arrival(x, ops.copyIn(buffer(), layer * x.bytes(), x));
    }

    /** The input of a layer that was parked, back on the device; the caller closes it. */
    Tensor take(int layer, Tensor like) {
        Arrival begun = arriving.remove(layer);
        Arrival arrival = begun == null ? fetch(layer, like) : begun;
        arrival.transfer().join();
        return arrival.x();
    }

    @Override
    public void close() {
        settle();
        arriving.values().forEach(arrival -> arrival.x().close());
        arriving.clear();
        if (buffer != null) {
            spare.giveBack(buffer);
            buffer = null;
        }
    }
}
