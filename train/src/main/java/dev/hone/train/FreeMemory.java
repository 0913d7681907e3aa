package dev.hone.train;

import java.util.OptionalLong;

/**
 * Bytes that are free before a run; empty where nothing tells.
 *
 * @param device on the device that trains
 * @param host in host memory, for what waits there
 */
public record FreeMemory(OptionalLong device, OptionalLong host) {
    /** Of what is free, what is left alone: one part of so many. */
    private static final int MARGIN = 20;

    /** Where nothing is known. */
    public static final FreeMemory UNKNOWN =
            new FreeMemory(OptionalLong.empty(), OptionalLong.empty());

    /**
     * What tensors can have of the device; the rest is for what its allocator needs beside them.
     */
    OptionalLong deviceRoom() {
        return device.isEmpty() ? device : OptionalLong.of(room(device.getAsLong()));
    }

    /** What can wait in host memory. */
    long hostRoom() {
        return host.isEmpty() ? Long.MAX_VALUE : room(host.getAsLong());
    }

    /** What can be taken of so many free bytes: all but a twentieth. */
    public static long room(long free) {
        return free - free / MARGIN;
    }
}
