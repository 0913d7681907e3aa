package dev.hone.tensor;

import java.util.Locale;

/** Where a tensor lives: the host's memory or one CUDA card's. */
public record Device(Kind kind, int index) {

    /** The kinds of device there are. */
    public enum Kind {
        CPU,
        CUDA
    }

    /** The host. */
    public static final Device CPU = new Device(Kind.CPU, 0);

    /** The CUDA card with this index. */
    public static Device cuda(int index) {
        return new Device(Kind.CUDA, index);
    }

    @Override
    public String toString() {
        return kind == Kind.CPU ? "cpu" : kind.name().toLowerCase(Locale.ROOT) + ":" + index;
    }
}
