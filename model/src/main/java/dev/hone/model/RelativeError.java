package dev.hone.model;

import java.util.Arrays;

/**
 * How far a matrix in fewer bits is from the matrix it was made of: the root of the sum of squared
 * differences over that of squared elements.
 */
final class RelativeError {
    private static final int RUN = 1 << 14;

    private RelativeError() {}

    /** Gives what became of the elements {@code [from, from + into.length)}. */
    @FunctionalInterface
    interface Restored {
        void read(long from, float[] into);
    }

    static double of(HostValues original, Restored restored) {
        int runs = Math.toIntExact(Math.ceilDiv(original.count(), (long) RUN));
        double[] differences = new double[runs];
        double[] squares = new double[runs];
        original.inRuns(
                RUN,
                (from, values) -> {
                    float[] others = new float[values.length];
                    restored.read(from, others);
                    double off = 0;
                    double all = 0;
                    for (int i = 0; i < values.length; i++) {
                        double difference = (double) values[i] - others[i];
                        off += difference * difference;
                        all += (double) values[i] * values[i];
                    }
                    differences[(int) (from / RUN)] = off;
                    squares[(int) (from / RUN)] = all;
                });
        double all = Arrays.stream(squares).sum();
        return all == 0 ? 0 : Math.sqrt(Arrays.stream(differences).sum() / all);
    }
}
