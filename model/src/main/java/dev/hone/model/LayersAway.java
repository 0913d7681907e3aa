package dev.hone.model;

import dev.hone.tensor.HostBuffer;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes the matrices of layers off the device while a model is loaded, layer by layer. */
final class LayersAway implements AutoCloseable {
    private final Ops ops;
    private final WeightSource source;
    private final DiskReader reader = new DiskReader();
    private final List<Optional<LayerStream.Streamed>> layers = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<Weight> weights = new ArrayList<>();
    private Placement place = Placement.DEVICE;

    LayersAway(Ops ops, WeightSource source) {
        this.ops = ops;
        this.source = source;
    }

    /** What is taken from here on is of one layer, which will be in this place. */
    void begin(Placement place) {
        this.place = place;
        names.clear();
        weights.clear();
    }

    /** The weight that stands in the layer for one that was loaded. */
    Weight taken(String name, Weight loaded) {
        if (place == Placement.DEVICE) {
            return loaded;
        }
        names.add(name);
        StreamedWeight weight = new StreamedWeight(loaded);
        weights.add(weight);
        return weight;
    }

    /** The layer is complete: its matrices leave the device. */
    void end() {
        if (place == Placement.DEVICE) {
            layers.add(Optional.empty());
            return;
        }
        LayerLayout layout = LayerLayout.of(weights);
        LayerBytes bytes = place == Placement.HOST ? toHost(layout) : onDisk(layout);
        weights.stream().flatMap(weight -> weight.tensors().stream()).forEach(Tensor::close);
        List<StreamedWeight> streamed = weights.stream().map(StreamedWeight.class::cast).toList();
        layers.add(Optional.of(new LayerStream.Streamed(streamed, layout, bytes)));
    }

    private LayerBytes toHost(LayerLayout layout) {
        HostBuffer buffer = ops.hostBuffer(layout.bytes());
        List<Tensor> tensors = weights.stream().flatMap(w -> w.tensors().stream()).toList();
        for (int i = 0; i < tensors.size(); i++) {
            ops.copyOut(tensors.get(i), buffer, layout.pieces().get(i).from()).await();
        }
        return new LayerBytes.Host(buffer);
    }

    private LayerBytes onDisk(LayerLayout layout) {
        List<MemorySegment> pieces = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            pieces.addAll(source.mapped(names.get(i), weights.get(i).tensors()));
        }
        return new LayerBytes.Disk(pieces, layout, reader);
    }

    /** What brings them back, when all layers are loaded. */
    LayerStream stream() {
        return new LayerStream(ops, layers);
    }

    @Override
    public void close() {
        layers.stream().flatMap(Optional::stream).forEach(layer -> layer.bytes().close());
    }
}
