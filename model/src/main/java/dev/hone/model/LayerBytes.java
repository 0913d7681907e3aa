package dev.hone.model;

import dev.hone.tensor.HostBuffer;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Transfer;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The matrices of one layer off the device, laid out as they will be on it. */
sealed interface LayerBytes extends AutoCloseable {

    /** They will be wanted after those that are copied next. */
    default void ahead(Ops ops) {}

    /** Starts to copy them to the head of a U8 tensor. */
    Transfer copyTo(Ops ops, Tensor slot);

    @Override
    void close();

    /** In host memory. */
    record Host(HostBuffer buffer) implements LayerBytes {
        @Override
        public Transfer copyTo(Ops ops, Tensor slot) {
            try (var _ = ops.scope()) {
                return ops.copyIn(buffer, 0, ops.rows(slot, 0, buffer.bytes()));
            }
        }

        @Override
        public void close() {
            buffer.close();
        }
    }

    /**
     * In files mapped to memory: read by a thread into one of two host buffers, and copied from
     * there.
     */
    final class Disk implements LayerBytes {
        private final List<MemorySegment> pieces;
        private final LayerLayout layout;
        private final DiskReader reader;

        /**
         * @param pieces where each tensor's bytes are
         * @param layout where they go
         */
        Disk(List<MemorySegment> pieces, LayerLayout layout, DiskReader reader) {
            this.pieces = pieces;
            this.layout = layout;
            this.reader = reader;
        }

        long bytes() {
            return layout.bytes();
        }

        @Override
        public void ahead(Ops ops) {
            reader.ahead(ops, this);
        }

        @Override
        public Transfer copyTo(Ops ops, Tensor slot) {
            return reader.copyTo(ops, this, slot);
        }

        /** Reads the files. */
        void read(MemorySegment into) {
            for (int i = 0; i < pieces.size(); i++) {
                MemorySegment piece = pieces.get(i);
                MemorySegment.copy(piece, 0, into, layout.pieces().get(i).from(), piece.byteSize());
            }
        }

        @Override
        public void close() {
            reader.close();
        }
    }
}
