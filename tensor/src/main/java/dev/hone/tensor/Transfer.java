package dev.hone.tensor;

/** A copy between host and device that was started. Both methods may be called more than once. */
public interface Transfer {

    /** What is started on the device from here on begins after the copy. */
    void join();

    /** Returns when the copy is done. */
    void await();
}
