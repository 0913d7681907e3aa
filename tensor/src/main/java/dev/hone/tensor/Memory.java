package dev.hone.tensor;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The account of tensor memory on one device: what is live now, and the most that ever was. Both
 * the engine that computes and the one that only counts keep their books here, so their figures
 * compare byte for byte. Used from the engine's one thread.
 */
public final class Memory {
    private long liveBytes;
    private long peakBytes;
    private long liveTensors;
    private long storages;
    private final Map<MemoryUse, Long> liveByUse = new EnumMap<>(MemoryUse.class);
    private MemoryUse use = MemoryUse.ACTIVATIONS;
    private @Nullable Observer observer;

    /** Sees every storage come and go, in order: what an allocator would be asked for. */
    public interface Observer {

        /** A storage that is named {@code id} from here on. */
        void allocated(long id, long bytes);

        /** The end of the storage {@code id}. */
        void freed(long id);
    }

    /** From now on tells {@code observer}; of storages made before it hears nothing. */
    public void observe(Observer observer) {
        this.observer = observer;
    }

    /** Bytes of all storages that are still held by a tensor. */
    public long liveBytes() {
        return liveBytes;
    }

    /** The most {@link #liveBytes} has been since the start or the last {@link #resetPeak}. */
    public long peakBytes() {
        return peakBytes;
    }

    /** Bytes of all storages that were made for this use and are still held. */
    public long liveBytes(MemoryUse asked) {
        return liveByUse.getOrDefault(asked, 0L);
    }

    /** What is made until the result is closed is booked for this use. */
    public Holding booking(MemoryUse other) {
        MemoryUse before = use;
        use = other;
        return () -> use = before;
    }

    /** What is made now is for. */
    MemoryUse use() {
        return use;
    }

    /** Number of tensors, views included, that are not closed. */
    public long liveTensors() {
        return liveTensors;
    }

    /** Starts a new observation of the peak at what is live now. */
    public void resetPeak() {
        peakBytes = liveBytes;
    }

    /** Something that is no tensor and takes memory until it is closed. */
    public interface Holding extends AutoCloseable {
        @Override
        void close();
    }

    /** Books memory that is no tensor's. */
    public Holding hold(long bytes) {
        long id = allocated(bytes);
        MemoryUse booked = use;
        return () -> freed(id, bytes, booked);
    }

    /** Books what a library took for itself and has given back since. */
    public void passed(long bytes) {
        freed(allocated(bytes), bytes, use);
    }

    void tensorOpened() {
        liveTensors++;
    }

    void tensorClosed() {
        liveTensors--;
    }

    /** Books a storage; returns its number. */
    long allocated(long bytes) {
        liveBytes = Math.addExact(liveBytes, bytes);
        peakBytes = Math.max(peakBytes, liveBytes);
        liveByUse.merge(use, bytes, Long::sum);
        long id = storages++;
        if (observer != null) {
            observer.allocated(id, bytes);
        }
        return id;
    }

    void freed(long id, long bytes, MemoryUse booked) {
        liveBytes -= bytes;
        liveByUse.merge(booked, -bytes, Long::sum);
        if (observer != null) {
            observer.freed(id);
        }
    }
}
