package dev.hone.torch;

import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.broadcast;
import static dev.hone.torch.CpuVectors.exp;
import static dev.hone.torch.CpuVectors.load;
import static dev.hone.torch.CpuVectors.store;

import dev.hone.tensor.ScoreTile;
import jdk.incubator.vector.FloatVector;

/** Softmax over the visible keys of a tile; columns no query sees are never read. */
final class CpuAttentionSoftmax {
    private CpuAttentionSoftmax() {}

    /** Rows [from, to) of scores [K·G·queries, keys] in place, and of logSumExp. */
    static void forward(
            CpuScratch scratch,
            int from,
            int to,
            boolean bf16,
            ScoreTile tile,
            float scale,
            long scores,
            long logSumExp) {
        scratch.reserve(1, tile.keys());
        long size = CpuRows.size(bf16);
        for (int row = from; row < to; row++) {
            long start = scores + size * tile.keys() * row;
            int first = tile.from(row);
            int n = tile.to(row) - first;
            long visible = start + size * first;
            long buffer = scratch.buffer(0);
            CpuRows.copyIn(visible, bf16, n, Float.NEGATIVE_INFINITY, buffer);
            float max = CpuSums.max(buffer, n) * scale;
            float sum = CpuSums.exponentials(buffer, n, scale, max);
            CpuSums.scale(buffer, n, 1 / sum);
            CpuRows.zero(start, size * first);
            CpuRows.copyOut(buffer, visible, bf16, n);
            CpuRows.zero(visible + size * n, size * (tile.keys() - first - n));
            CpuRows.set(logSumExp + 4L * row, false, max + (float) Math.log(sum));
        }
    }

    /** Rows [from, to) of scores and dProbs in place. */
    static void backward(
            CpuScratch scratch,
            int from,
            int to,
            boolean bf16,
            ScoreTile tile,
            float scale,
            long scores,
            long dProbs,
            long logSumExp,
            long delta) {
        scratch.reserve(2, tile.keys());
        long size = CpuRows.size(bf16);
        for (int row = from; row < to; row++) {
            long at = size * tile.keys() * row;
            int first = tile.from(row);
            int n = tile.to(row) - first;
            long before = size * first;
            long after = size * (first + n);
            long hidden = size * (tile.keys() - first - n);
            long p = CpuRows.read(scores + at + before, bf16, n, scratch.buffer(0));
            long d = CpuRows.read(dProbs + at + before, bf16, n, scratch.buffer(1));
            float lse = CpuRows.get(logSumExp + 4L * row, false);
            gradient(p, d, n, scale, lse, CpuRows.get(delta + 4L * row, false));
            CpuRows.zero(scores + at, before);
            CpuRows.zero(dProbs + at, before);
            CpuRows.write(p, scores + at + before, bf16, n);
            CpuRows.write(d, dProbs + at + before, bf16, n);
            CpuRows.zero(scores + at + after, hidden);
            CpuRows.zero(dProbs + at + after, hidden);
        }
    }

    /** p = exp(scale·score − lse), d = scale·p·(d − delta). */
    private static void gradient(
            long scores, long dProbs, int n, float scale, float lse, float delta) {
        FloatVector factor = broadcast(scale);
        FloatVector shift = broadcast(-lse);
        FloatVector mean = broadcast(delta);
        int end = CpuRows.padded(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector p = exp(load(scores + 4L * i).fma(factor, shift));
            FloatVector d = load(dProbs + 4L * i).sub(mean);
            store(p, scores + 4L * i);
            store(d.mul(p).mul(factor), dProbs + 4L * i);
        }
    }
}
