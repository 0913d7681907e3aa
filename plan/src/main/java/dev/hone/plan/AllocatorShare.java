package dev.hone.plan;

/**
 * What the caching allocator takes from a card beyond the bytes that are live, of a deep model,
 * from shallow ones.
 *
 * <p>cuBLAS's workspace is known. Of the rest, part is the same at every depth (room that the
 * largest operations leave behind), part grows with what is live (blocks rounded up). So a deep
 * model's lies between that of a shallow one and a shallow one's share of the deep one's bytes;
 * what is taken is the geometric mean of the two.
 *
 * @param bytes the most that was taken beyond the live bytes and the workspace
 * @param share the most of it in relation to the live bytes
 */
record AllocatorShare(long bytes, double share) {

    /** Of a run that has taken {@code reserved} bytes, of which at most {@code live} were live. */
    static AllocatorShare of(long reserved, long live) {
        long beyond = Math.max(0, reserved - live - CachingAllocator.CUBLAS_WORKSPACE);
        return new AllocatorShare(beyond, (double) beyond / live);
    }

    /** The larger of two, part by part. */
    AllocatorShare or(AllocatorShare other) {
        return new AllocatorShare(Math.max(bytes, other.bytes), Math.max(share, other.share));
    }

    /** Of a run of which at most {@code live} bytes are live. */
    long at(long live) {
        return CachingAllocator.CUBLAS_WORKSPACE
                + Math.round(Math.sqrt((double) bytes * share * live));
    }
}
