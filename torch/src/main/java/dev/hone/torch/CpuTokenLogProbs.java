package dev.hone.torch;

import static dev.hone.torch.CpuVectors.LANES;
import static dev.hone.torch.CpuVectors.MEMORY;
import static dev.hone.torch.CpuVectors.broadcast;
import static dev.hone.torch.CpuVectors.exp;
import static dev.hone.torch.CpuVectors.load;
import static dev.hone.torch.CpuVectors.store;

import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * log p(target) of each row of logits and its gradient.
 *
 * <p>The row is read once, run by run, with the greatest logit so far: when a run raises it, the
 * sum so far is scaled down (Milakov and Gimelshein 2018, arXiv 1805.02867).
 */
final class CpuTokenLogProbs {
    private CpuTokenLogProbs() {}

    /** Rows [from, to) of logits [N, V]: writes logProbs and logSumExp [N] fp32. */
    static void forward(
            CpuScratch scratch,
            int from,
            int to,
            boolean bf16,
            int vocabulary,
            long logits,
            long targets,
            long logProbs,
            long logSumExp) {
        scratch.reserve(1, CpuRows.RUN);
        long size = CpuRows.size(bf16);
        long buffer = scratch.buffer(0);
        for (int row = from; row < to; row++) {
            long start = logits + size * vocabulary * row;
            float max = Float.NEGATIVE_INFINITY;
            double sum = 0;
            for (int at = 0; at < vocabulary; at += CpuRows.RUN) {
                int n = Math.min(CpuRows.RUN, vocabulary - at);
                CpuRows.copyIn(start + size * at, bf16, n, Float.NEGATIVE_INFINITY, buffer);
                float raised = Math.max(max, CpuSums.max(buffer, n));
                if (raised > max) {
                    sum *= Math.exp(max - raised);
                    max = raised;
                }
                sum += CpuSums.exponentials(buffer, n, 1, max);
            }
            double log = Math.log(sum);
            double target = CpuRows.get(start + size * target(targets, row), bf16);
            CpuRows.set(logSumExp + 4L * row, false, (float) (max + log));
            CpuRows.set(logProbs + 4L * row, false, (float) (target - max - log));
        }
    }

    /** Rows [from, to) in place: logits becomes dLogProbs·(onehot(target) − softmax(logits)). */
    static void backward(
            CpuScratch scratch,
            int from,
            int to,
            boolean bf16,
            int vocabulary,
            long logits,
            long targets,
            long logSumExp,
            long dLogProbs) {
        scratch.reserve(1, CpuRows.RUN);
        long size = CpuRows.size(bf16);
        for (int row = from; row < to; row++) {
            long start = logits + size * vocabulary * row;
            float lse = CpuRows.get(logSumExp + 4L * row, false);
            float d = CpuRows.get(dLogProbs + 4L * row, false);
            long target = start + size * target(targets, row);
            double p = Math.exp((double) CpuRows.get(target, bf16) - lse);
            for (int at = 0; at < vocabulary; at += CpuRows.RUN) {
                int n = Math.min(CpuRows.RUN, vocabulary - at);
                long run = start + size * at;
                long x = CpuRows.read(run, bf16, n, scratch.buffer(0));
                gradient(x, n, lse, -d);
                CpuRows.write(x, run, bf16, n);
            }
            CpuRows.set(target, bf16, (float) (d * (1 - p)));
        }
    }

    private static void gradient(long logits, int n, float lse, float factor) {
        FloatVector shift = broadcast(lse);
        FloatVector by = broadcast(factor);
        int end = CpuRows.padded(n);
        for (int i = 0; i < end; i += LANES) {
            store(exp(load(logits + 4L * i).sub(shift)).mul(by), logits + 4L * i);
        }
    }

    /** The index at {@code row}. */
    static long target(long targets, int row) {
        return MEMORY.get(ValueLayout.JAVA_LONG_UNALIGNED, targets + 8L * row);
    }
}
