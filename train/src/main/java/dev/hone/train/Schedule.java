package dev.hone.train;

/** How the learning rate moves after the warm-up, as a share of its peak. */
public enum Schedule {
    /** Half a cosine from 1 to 0 (Loshchilov and Hutter, arXiv 1608.03983). */
    COSINE,
    /** A straight line from 1 to 0. */
    LINEAR,
    CONSTANT;

    /**
     * The share at a step.
     *
     * @param step from 0
     * @param warmup steps that rise in equal parts to the peak
     * @param steps of the whole run
     */
    public double at(long step, long warmup, long steps) {
        if (step < warmup) {
            return (step + 1.0) / warmup;
        }
        double done = (double) (step - warmup) / Math.max(1, steps - warmup);
        return switch (this) {
            case COSINE -> 0.5 * (1 + Math.cos(Math.PI * done));
            case LINEAR -> 1 - done;
            case CONSTANT -> 1;
        };
    }
}
