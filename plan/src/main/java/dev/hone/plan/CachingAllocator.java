package dev.hone.plan;

import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import dev.hone.tensor.Memory;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What libtorch's caching allocator takes from a CUDA card for a run of allocations, by its rules
 * for segments that grow (c10/cuda/CUDACachingAllocator.cpp, expandable_segments) on an empty card.
 * Sizes are rounded up to 512 bytes. There are two segments, one for tensors of up to 1 MiB that
 * grows by 2 MiB, one for larger ones that grows by 20 MiB. The smallest free block that is large
 * enough is taken and split, the one at the segment's end last; neighbours that are free are
 * joined; nothing is given back to the card.
 */
final class CachingAllocator implements Memory.Observer {
    private static final long MIB = 1 << 20;
    private static final long ROUND = 512;
    private static final long SMALL = MIB;

    /** On Hopper; at most 8.2 MiB before (aten/src/ATen/cuda/CUDABlas.cpp). */
    static final long CUBLAS_WORKSPACE = 32 * MIB;

    private final Segment small = new Segment(2 * MIB);
    private final Segment large = new Segment(20 * MIB);
    private @Nullable Block[] used = new Block[1024]; // by the storage's number

    /** An empty card, but for what cuBLAS takes before its first product. */
    CachingAllocator() {
        this(CUBLAS_WORKSPACE);
    }

    /**
     * @param workspace bytes that are never given back
     */
    CachingAllocator(long workspace) {
        if (workspace > 0) {
            large.take(workspace);
        }
    }

    /** The allocator of an engine on paper; that of a processor's sees nothing. */
    static CachingAllocator of(CountingOps paper) {
        CachingAllocator allocator = new CachingAllocator();
        if (paper.device().kind() == Device.Kind.CUDA) {
            paper.memory().observe(allocator);
        }
        return allocator;
    }

    private static final class Block {
        final Segment segment;
        final long address;
        long size;
        @Nullable Block before;
        @Nullable Block after;
        boolean free;

        Block(Segment segment, long address, long size) {
            this.segment = segment;
            this.address = address;
            this.size = size;
        }
    }

    /** Blocks side by side from address 0 on. */
    private static final class Segment {
        private final long unit;
        private final NavigableSet<Block> free = new TreeSet<>(Segment::compare);
        private @Nullable Block last;
        private long end;

        /**
         * @param unit that it grows by
         */
        Segment(long unit) {
            this.unit = unit;
        }

        /** By size, then by address. */
        private static int compare(Block a, Block b) {
            return a.size != b.size
                    ? Long.compare(a.size, b.size)
                    : Long.compare(a.address, b.address);
        }

        Block take(long size) {
            Block block = free.ceiling(new Block(this, Long.MIN_VALUE, size));
            if (block != null && block == last) {
                Block next = free.higher(block);
                block = next == null ? block : next;
            }
            if (block == null) {
                block = grown(size);
            } else {
                free.remove(block);
            }
            block.free = false;
            split(block, size);
            return block;
        }

        /** A block of at least this size at the end, of what is free there and what is new. */
        private Block grown(long size) {
            Block block = last;
            if (block == null || !block.free) {
                Block added = new Block(this, end, 0);
                added.before = block;
                if (block != null) {
                    block.after = added;
                }
                block = added;
            } else {
                free.remove(block);
            }
            end = roundUp(block.address + size, unit);
            block.size = end - block.address;
            last = block;
            return block;
        }

        private void split(Block block, long size) {
            if (block.size == size) {
                return;
            }
            Block tail = new Block(this, block.address + size, block.size - size);
            tail.before = block;
            tail.after = block.after;
            if (tail.after != null) {
                tail.after.before = tail;
            } else {
                last = tail;
            }
            block.after = tail;
            block.size = size;
            tail.free = true;
            free.add(tail);
        }

        void giveBack(Block block) {
            Block after = block.after;
            if (after != null && after.free) {
                free.remove(after);
                join(block, after);
            }
            Block joined = block;
            Block before = block.before;
            if (before != null && before.free) {
                free.remove(before);
                join(before, block);
                joined = before;
            }
            joined.free = true;
            free.add(joined);
        }

        private void join(Block left, Block right) {
            left.size += right.size;
            left.after = right.after;
            if (left.after != null) {
                left.after.before = left;
            } else {
                last = left;
            }
        }
    }

    /** Bytes taken from the card so far; none goes back while a process lives. */
    long reservedBytes() {
        return small.end + large.end;
    }

    @Override
    public void allocated(long id, long bytes) {
        if (bytes == 0) {
            return;
        }
        int index = Math.toIntExact(id);
        if (index >= used.length) {
            used = Arrays.copyOf(used, Math.max(index + 1, 2 * used.length));
        }
        long size = roundUp(bytes, ROUND);
        used[index] = (size <= SMALL ? small : large).take(size);
    }

    @Override
    public void freed(long id) {
        Block block = id < used.length ? used[Math.toIntExact(id)] : null;
        if (block != null) {
            used[Math.toIntExact(id)] = null;
            block.segment.giveBack(block);
        }
    }

    private static long roundUp(long bytes, long unit) {
        return (bytes + unit - 1) / unit * unit;
    }
}
