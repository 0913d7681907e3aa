package dev.hone.tensor;

import dev.hone.tensor.Ops.Attended;
import dev.hone.tensor.Ops.AttentionGradients;
import java.util.List;
import java.util.stream.Stream;

/** A card on paper: kernels that are counted instead of started, and attention in one piece. */
final class CountingCuda implements KernelLauncher, FlashAttention.Library {
    private final Primitives p;
    private final Cost cost;

    CountingCuda(Primitives primitives, Cost cost) {
        this.p = primitives;
        this.cost = cost;
    }

    @Override
    public long address(Tensor tensor) {
        return 0;
    }

    @Override
    public void launch(String kernel, long blocks, int threads, Argument... arguments) {
        long bytes = 0;
        for (Argument argument : arguments) {
            bytes +=
                    switch (argument) {
                        case Argument.In(Tensor tensor) -> tensor.bytes();
                        case Argument.Out(Tensor tensor) -> tensor.bytes();
                        case Argument.InOut(Tensor tensor) -> 2 * tensor.bytes();
                        case Argument.Some(_, long some) -> some;
                        case Argument.Through(_, List<Tensor> read, List<Tensor> written) ->
                                inParts(read, written);
                        default -> 0;
                    };
        }
        cost.moved(bytes);
    }

    /** Each tensor is a part; the table itself is little beside them. */
    private long inParts(List<Tensor> read, List<Tensor> written) {
        Stream.concat(read.stream(), written.stream())
                .forEach(tensor -> cost.movedInPart(tensor.bytes()));
        return 0;
    }

    @Override
    public Attended forward(FlashAttention.Inputs in, AttentionSpec spec) {
        Tensor q = in.q();
        Tensor out = p.empty(q.dtype(), q.shape());
        Tensor logSumExp = p.empty(DType.F32, Shape.of(q.dim(1), q.dim(0)));
        long flops = 4 * pairs(in, spec) * q.dim(1) * q.dim(2);
        cost.attended(flops, q, in.k(), in.v(), out, logSumExp);
        return new Attended(out, logSumExp);
    }

    @Override
    public AttentionGradients backward(
            Tensor dOut, FlashAttention.Inputs in, Attended kept, AttentionSpec spec) {
        Tensor q = in.q();
        Tensor dQ = p.empty(q.dtype(), q.shape());
        Tensor dK = p.empty(in.k().dtype(), in.k().shape());
        Tensor dV = p.empty(in.v().dtype(), in.v().shape());
        long flops = 10 * pairs(in, spec) * q.dim(1) * q.dim(2);
        cost.attended(flops, dOut, q, in.k(), in.v(), kept.out(), kept.logSumExp(), dQ, dK, dV);
        return new AttentionGradients(dQ, dK, dV);
    }

    /** Pairs of a query and a key that it sees, over all sequences. */
    private static long pairs(FlashAttention.Inputs in, AttentionSpec spec) {
        Sequences sequences = in.sequences();
        long pairs = 0;
        for (int s = 0; s < sequences.count(); s++) {
            int last = sequences.keyEnd(s) - sequences.keyStart(s);
            int before = last - (sequences.queryEnd(s) - sequences.queryStart(s));
            int most = spec.window() <= 0 ? last : Math.min(last, spec.window());
            // the n-th key's query sees min(n, most) keys
            pairs += upTo(last, most) - upTo(before, most);
        }
        return pairs;
    }

    /** Σ min(n, most) for n from 1 to {@code last}. */
    private static long upTo(long last, long most) {
        long rising = Math.min(last, most);
        return rising * (rising + 1) / 2 + (last - rising) * most;
    }
}
