package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.HostBuffer;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Transfer;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table of token embeddings [V, D]. */
sealed interface Embedding extends AutoCloseable {

    /**
     * Rows of the table at {@code ids}: [T, D].
     *
     * @param onDevice the same ids
     */
    Tensor lookUp(Ops ops, int[] ids, Tensor onDevice);

    /** The table as a weight, when it is on the device. */
    Optional<Parameter> parameter();

    @Override
    void close();

    /** On the device. */
    record OnDevice(Parameter table) implements Embedding {
        @Override
        public Tensor lookUp(Ops ops, int[] ids, Tensor onDevice) {
            return ops.embedding(table.value(), onDevice);
        }

        @Override
        public Optional<Parameter> parameter() {
            return Optional.of(table);
        }

        @Override
        public void close() {
            table.close();
        }
    }

    /** A frozen table in host memory: rows are gathered there and copied to the device. */
    final class OnHost implements Embedding {
        private final HostBuffer table;
        private final DType dtype;
        private final long hidden;
        private @Nullable HostBuffer rows;
        private @Nullable Transfer leaving;

        /**
         * @param table [V, D], which is copied and closed
         */
        OnHost(Ops ops, Tensor table) {
            this.table = ops.hostBuffer(table.bytes());
            this.dtype = table.dtype();
            this.hidden = table.dim(1);
            ops.copyOut(table, this.table, 0).await();
            table.close();
        }

        @Override
        public Tensor lookUp(Ops ops, int[] ids, Tensor onDevice) {
            long width = hidden * dtype.bytes();
            HostBuffer gathered = room(ops, ids.length * width);
            if (table.real()) {
                MemorySegment from = table.memory();
                MemorySegment to = gathered.memory();
                for (int t = 0; t < ids.length; t++) {
                    MemorySegment.copy(from, ids[t] * width, to, t * width, width);
                }
            }
            Tensor found = ops.empty(dtype, ids.length, hidden);
            Transfer copy = ops.copyIn(gathered, 0, found);
            copy.join();
            leaving = copy;
            return found;
        }

        /** Memory for gathered rows, once what was in it has left. */
        private HostBuffer room(Ops ops, long bytes) {
            if (leaving != null) {
                leaving.await();
            }
            HostBuffer room = rows;
            if (room == null || room.bytes() < bytes) {
                if (room != null) {
                    room.close();
                }
                room = ops.hostBuffer(bytes);
                rows = room;
            }
            return room;
        }

        @Override
        public Optional<Parameter> parameter() {
            return Optional.empty();
        }

        @Override
        public void close() {
            if (leaving != null) {
                leaving.await();
            }
            if (rows != null) {
                rows.close();
            }
            table.close();
        }
    }
}
