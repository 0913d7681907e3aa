package dev.hone.torch;

/** Dot products of rows. */
final class CpuRowDots {
    private CpuRowDots() {}

    /** Rows [from, to) of out [N] fp32: Σ a·b over rows of E elements. */
    static void run(
            CpuScratch scratch, int from, int to, boolean bf16, int e, long a, long b, long out) {
        // Short rows that need no padding are taken several at a time.
        int together = e == CpuRows.padded(e) ? Math.max(1, CpuRows.RUN / e) : 1;
        scratch.reserve(2, together * e);
        long bytes = CpuRows.size(bf16) * e;
        for (int row = from; row < to; row += together) {
            int rows = Math.min(together, to - row);
            long aRows = CpuRows.read(a + bytes * row, bf16, rows * e, scratch.buffer(0));
            long bRows = CpuRows.read(b + bytes * row, bf16, rows * e, scratch.buffer(1));
            for (int i = 0; i < rows; i++) {
                float dot = CpuSums.products(aRows + 4L * e * i, bRows + 4L * e * i, e);
                CpuRows.set(out + 4L * (row + i), false, dot);
            }
        }
    }
}
