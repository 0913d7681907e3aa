package dev.hone.plan;

import dev.hone.model.KeepPolicy;
import java.util.List;

/** What a run needs of a card, under each policy of what its layers keep. */
interface Needs {

    /** Policies to choose from, each a little slower and smaller than the one before it. */
    List<KeepPolicy> policies();

    /** Bytes that must be free on the card. */
    long peakBytes(KeepPolicy policy);

    /**
     * The fastest policy that leaves a twentieth of {@code usable} bytes free; where none does, the
     * smallest.
     */
    default KeepPolicy fastest(long usable) {
        List<KeepPolicy> policies = policies();
        long room = usable - usable / 20;
        int low = 0; // all before it are too large
        int high = policies.size() - 1; // it and all behind fit, or it is the smallest
        while (low < high) {
            int middle = (low + high) / 2;
            if (peakBytes(policies.get(middle)) <= room) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return policies.get(low);
    }

    /** Of a run that has one policy and needs so much. */
    static Needs fixed(KeepPolicy policy, long peakBytes) {
        return new Needs() {
            @Override
            public List<KeepPolicy> policies() {
                return List.of(policy);
            }

            @Override
            public long peakBytes(KeepPolicy any) {
                return peakBytes;
            }
        };
    }
}
