package dev.hone.plan;

import dev.hone.tensor.Memory;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What libtorch's caching allocator takes from a CUDA card for a run of allocations, by its rules
 * (c10/cuda/CUDACachingAllocator.cpp) on an empty card: sizes are rounded up to 512 bytes; up to 1
 * MiB comes from segments of 2 MiB, up to 10 MiB from segments of 20 MiB, more from segments of its
 * own size rounded up to 2 MiB; the smallest free block that is large enough is taken and split;
 * neighbours that are free are joined; a segment is never given back.
 */
final class CachingAllocator implements Memory.Observer {
    private static final long MIB = 1 << 20;
    private static final long ROUND = 512;
    private static final long SMALL = MIB;
    private static final long SMALL_SEGMENT = 2 * MIB;
    private static final long MEDIUM = 10 * MIB;
    private static final long MEDIUM_SEGMENT = 20 * MIB;

    private final NavigableSet<Block> freeSmall = pool();
    private final NavigableSet<Block> freeLarge = pool();
    private @Nullable Block[] used = new Block[1024]; // by the storage's number
    private long reserved;

    private static final class Block {
        final long address;
        final boolean small;
        long size;
        @Nullable Block before;
        @Nullable Block after;
        boolean free;

        Block(long address, long size, boolean small) {
            this.address = address;
            this.size = size;
            this.small = small;
        }
    }

    private static NavigableSet<Block> pool() {
        return new TreeSet<>(CachingAllocator::compare);
    }

    /** By size, then by address. */
    private static int compare(Block a, Block b) {
        return a.size != b.size ? Long.compare(a.size, b.size) : Long.compare(a.address, b.address);
    }

    /** Bytes taken from the card so far; none goes back while a process lives. */
    long reservedBytes() {
        return reserved;
    }

    @Override
    public void allocated(long id, long bytes) {
        if (bytes == 0) {
            return;
        }
        long size = roundUp(bytes, ROUND);
        boolean small = size <= SMALL;
        NavigableSet<Block> pool = small ? freeSmall : freeLarge;
        Block block = pool.ceiling(new Block(Long.MIN_VALUE, size, small));
        if (block == null) {
            long segment =
                    small
                            ? SMALL_SEGMENT
                            : size < MEDIUM ? MEDIUM_SEGMENT : roundUp(size, SMALL_SEGMENT);
            block = new Block(reserved, segment, small);
            reserved += segment;
        } else {
            pool.remove(block);
        }
        block.free = false;
        split(block, size, pool);
        int index = Math.toIntExact(id);
        if (index >= used.length) {
            used = Arrays.copyOf(used, Math.max(index + 1, 2 * used.length));
        }
        used[index] = block;
    }

    private static void split(Block block, long size, NavigableSet<Block> pool) {
        long rest = block.size - size;
        if (block.small ? rest < ROUND : rest <= SMALL) {
            return;
        }
        Block tail = new Block(block.address + size, rest, block.small);
        tail.before = block;
        tail.after = block.after;
        if (tail.after != null) {
            tail.after.before = tail;
        }
        block.after = tail;
        block.size = size;
        tail.free = true;
        pool.add(tail);
    }

    @Override
    public void freed(long id) {
        Block block = id < used.length ? used[Math.toIntExact(id)] : null;
        if (block == null) {
            return;
        }
        used[Math.toIntExact(id)] = null;
        NavigableSet<Block> pool = block.small ? freeSmall : freeLarge;
        Block after = block.after;
        if (after != null && after.free) {
            pool.remove(after);
            join(block, after);
        }
        Block before = block.before;
        if (before != null && before.free) {
            pool.remove(before);
            join(before, block);
            block = before;
        }
        block.free = true;
        pool.add(block);
    }

    private static void join(Block left, Block right) {
        left.size += right.size;
        left.after = right.after;
        if (left.after != null) {
            left.after.before = left;
        }
    }

    private static long roundUp(long bytes, long unit) {
        return (bytes + unit - 1) / unit * unit;
    }
}
