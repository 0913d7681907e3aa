package dev.hone.data;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** The tokens of one rendered conversation, and the weights they get turn by turn. */
final class TurnWeights {

    private final String text;
    private final Encoding encoding;
    private final Set<Integer> stops;
    private final float[] weights;
    private final Set<Remark> remarks = EnumSet.noneOf(Remark.class);

    TurnWeights(String text, Encoding encoding, Set<Integer> stops) {
        this.text = text;
        this.encoding = encoding;
        this.stops = stops;
        this.weights = new float[encoding.length()];
    }

    /** The tokens and the characters each stands for. */
    Encoding encoding() {
        return encoding;
    }

    /** The text that the tokens stand for. */
    String text() {
        return text;
    }

    /** Gives every token the weight 1. */
    void markAll() {
        Arrays.fill(weights, 1f);
    }

    int[] ids() {
        return encoding.ids();
    }

    /** Weight of each token; that of the first is 0, since nothing precedes it. */
    float[] weights() {
        if (weights.length > 0) {
            weights[0] = 0;
        }
        return weights;
    }

    Set<Remark> remarks() {
        return remarks;
    }

    void remark(Remark remark) {
        remarks.add(remark);
    }

    /**
     * Gives the turn in tokens {@code [start, end)} a weight, up to its stop token and that
     * included.
     */
    void mark(int start, int end, float weight) {
        Arrays.fill(weights, start, endOfTurn(start, end), weight);
    }

    /**
     * Gives the turn in characters {@code [start, end)} a weight; a token that straddles an edge
     * counts.
     */
    void markCharacters(int start, int end, float weight) {
        int first = 0;
        while (first < encoding.length() && encoding.ends()[first] <= start) {
            first++;
        }
        int after = first;
        while (after < encoding.length() && encoding.starts()[after] < end) {
            after++;
        }
        mark(first, after, weight);
    }

    /**
     * What follows the first stop token is never generated; a stop token right behind the turn is.
     */
    private int endOfTurn(int start, int end) {
        int stop = firstStop(encoding.ids(), start, end, stops);
        if (stop < end) {
            return stop + 1;
        }
        if (end < encoding.length() && stops.contains(encoding.ids()[end])) {
            return end + 1;
        }
        remarks.add(Remark.NO_STOP_TOKEN);
        return end;
    }

    /** Index of the first stop token in {@code [start, end)}, or {@code end}. */
    static int firstStop(int[] ids, int start, int end, Set<Integer> stops) {
        int i = start;
        while (i < end && !stops.contains(ids[i])) {
            i++;
        }
        return i;
    }
}
