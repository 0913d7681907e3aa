package dev.hone.model;

import dev.hone.tensor.HostBuffer;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Transfer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Reads layers from mapped files ahead of their copies, with one thread, into two host buffers. */
final class DiskReader implements AutoCloseable {
    private final List<Stage> stages = new ArrayList<>();
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("layers-from-disk").factory());

    /** A host buffer, the layer that is or soon will be in it, and the copy that leaves it. */
    private static final class Stage {
        final HostBuffer buffer;
        LayerBytes.@Nullable Disk layer;
        @Nullable Future<?> reading;
        @Nullable Transfer leaving;

        Stage(HostBuffer buffer) {
            this.buffer = buffer;
        }
    }

    /** Begins to read a layer. */
    void ahead(Ops ops, LayerBytes.Disk layer) {
        staged(ops, layer);
    }

    /** Starts to copy a layer to the head of a U8 tensor, once it is read. */
    Transfer copyTo(Ops ops, LayerBytes.Disk layer, Tensor slot) {
        Stage stage = staged(ops, layer);
        finish(stage);
        long bytes = layer.bytes();
        try (var _ = ops.scope()) {
            Transfer leaving = ops.copyIn(stage.buffer, 0, ops.rows(slot, 0, bytes));
            stage.leaving = leaving;
            return leaving;
        }
    }

    private Stage staged(Ops ops, LayerBytes.Disk layer) {
        for (Stage stage : stages) {
            if (layer.equals(stage.layer)) {
                return stage;
            }
        }
        Stage stage = free(ops, layer.bytes());
        stage.layer = layer;
        if (stage.buffer.real()) {
            stage.reading = thread.submit(() -> layer.read(stage.buffer.memory()));
        }
        return stage;
    }

    /** The stage whose layer was wanted longest ago, large enough, and the last of them now. */
    private Stage free(Ops ops, long bytes) {
        Stage oldest = stages.size() < 2 ? new Stage(ops.hostBuffer(bytes)) : stages.removeFirst();
        finish(oldest);
        if (oldest.leaving != null) {
            oldest.leaving.await();
            oldest.leaving = null;
        }
        if (oldest.buffer.bytes() < bytes) {
            oldest.buffer.close();
            oldest = new Stage(ops.hostBuffer(bytes));
        }
        stages.addLast(oldest);
        return oldest;
    }

    /** Waits for a reading whose outcome nobody asks for any more. */
    private static void awaited(Stage stage) {
        try {
            finish(stage);
        } catch (RuntimeException _) {
            // What could not be read is not used.
        }
    }

    private static void finish(Stage stage) {
        if (stage.reading == null) {
            return;
        }
        try {
            stage.reading.get();
            stage.reading = null;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a layer could not be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelException("interrupted while a layer was read");
        }
    }

    /** May be called more than once. */
    @Override
    public void close() {
        thread.shutdown(); // a layer that is being read is read to its end: its buffer goes next
        for (Stage stage : stages) {
            awaited(stage);
            if (stage.leaving != null) {
                stage.leaving.await();
            }
            stage.buffer.close();
        }
        stages.clear();
    }
}
