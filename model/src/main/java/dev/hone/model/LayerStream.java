package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Transfer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings the matrices of layers that are not on the device there, one layer ahead of the
 * computation, into two places that take turns. A layer that is still in one of them is not copied
 * again, such as the last one, with which a backward begins.
 */
final class LayerStream implements AutoCloseable {
    private final Ops ops;
    private final List<Optional<Streamed>> layers;
    private final List<Slot> slots = new ArrayList<>();

    /** The matrices of one layer and where they come from. */
    record Streamed(List<StreamedWeight> weights, LayerLayout layout, LayerBytes bytes) {}

    /** A place on the device, the layer that is or soon will be in it, and its copy. */
    private static final class Slot {
        final Tensor bytes;
        final Map<LayerLayout, List<Tensor>> tensors = new HashMap<>();
        int layer = -1;
        @Nullable Transfer arriving;

        Slot(Tensor bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * @param layers of the model; empty ones stay on the device
     */
    LayerStream(Ops ops, List<Optional<Streamed>> layers) {
        this.ops = ops;
        this.layers = List.copyOf(layers);
        List<Streamed> streamed = layers.stream().flatMap(Optional::stream).toList();
        long largest = streamed.stream().mapToLong(s -> s.layout().bytes()).max().orElse(0);
        for (int i = 0; i < Math.min(2, streamed.size()); i++) {
            Slot slot = new Slot(ops.empty(DType.U8, largest));
            streamed.stream()
                    .map(Streamed::layout)
                    .distinct()
                    .forEach(layout -> slot.tensors.put(layout, layout.within(ops, slot.bytes)));
            slots.add(slot);
        }
    }

    /**
     * The layer's matrices are on the device for what is started from here on; those of the next
     * one begin to follow.
     *
     * @param direction 1 forward, -1 backward
     */
    void enter(int layer, int direction) {
        if (slots.isEmpty()) {
            return;
        }
        if (layers.get(layer).isPresent()) {
            attach(layer, holder(layer).orElseGet(() -> fetch(layer, layer)));
        }
        int next = streamed(layer + direction, direction);
        if (next < 0) {
            return;
        }
        if (holder(next).isEmpty()) {
            fetch(next, layer);
        }
        int afterNext = streamed(next + direction, direction);
        if (afterNext >= 0 && holder(afterNext).isEmpty()) {
            layers.get(afterNext).orElseThrow().bytes().ahead(ops);
        }
    }

    /** The first streamed layer from {@code layer} on, -1 when there is none. */
    private int streamed(int layer, int direction) {
        int at = layer;
        while (at >= 0 && at < layers.size() && layers.get(at).isEmpty()) {
            at += direction;
        }
        return at < layers.size() ? at : -1;
    }

    private Optional<Slot> holder(int layer) {
        return slots.stream().filter(slot -> slot.layer == layer).findFirst();
    }

    /** Starts to copy a layer to where {@code current} is not. */
    private Slot fetch(int layer, int current) {
        Slot slot = slots.getFirst().layer == current ? slots.getLast() : slots.getFirst();
        if (slot.layer >= 0) {
            layers.get(slot.layer).orElseThrow().weights().forEach(StreamedWeight::detach);
        }
        slot.layer = layer;
        slot.arriving = layers.get(layer).orElseThrow().bytes().copyTo(ops, slot.bytes);
        return slot;
    }

    private void attach(int layer, Slot slot) {
        if (slot.arriving == null) {
            return; // it was entered before
        }
        slot.arriving.join();
        slot.arriving = null;
        Streamed streamed = layers.get(layer).orElseThrow();
        List<Tensor> tensors = slot.tensors.getOrDefault(streamed.layout(), List.of());
        int from = 0;
        for (StreamedWeight weight : streamed.weights()) {
            int to = from + weight.tensors().size();
            weight.attach(tensors.subList(from, to));
            from = to;
        }
    }

    @Override
    public void close() {
        for (Slot slot : slots) {
            if (slot.arriving != null) {
                slot.arriving.await();
            }
            slot.tensors.values().forEach(tensors -> tensors.forEach(Tensor::close));
            slot.bytes.close();
        }
        layers.stream().flatMap(Optional::stream).forEach(s -> s.bytes().close());
    }
}
