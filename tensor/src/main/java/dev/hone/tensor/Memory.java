package dev.hone.tensor;

/**
 * The account of tensor memory on one device: what is live now, and the most that ever was. Both
 * the engine that computes and the one that only counts keep their books here, so their figures
 * compare byte for byte. Used from the engine's one thread.
 */
public final class Memory {
    private long liveBytes;
    private long peakBytes;
    private long liveTensors;

    /** Bytes of all storages that are still held by a tensor. */
    public long liveBytes() {
        return liveBytes;
    }

    /** The most {@link #liveBytes} has been since the start or the last {@link #resetPeak}. */
    public long peakBytes() {
        return peakBytes;
    }

    /** Number of tensors, views included, that are not closed. */
    public long liveTensors() {
        return liveTensors;
    }

    /** Starts a new observation of the peak at what is live now. */
    public void resetPeak() {
        peakBytes = liveBytes;
    }

    void tensorOpened() {
        liveTensors++;
    }

    void tensorClosed() {
        liveTensors--;
    }

    void allocated(long bytes) {
        liveBytes = Math.addExact(liveBytes, bytes);
        peakBytes = Math.max(peakBytes, liveBytes);
    }

    void freed(long bytes) {
        liveBytes -= bytes;
    }
}
