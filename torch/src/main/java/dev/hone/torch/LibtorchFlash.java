package dev.hone.torch;

import dev.hone.tensor.AttentionSpec;
import dev.hone.tensor.DType;
import dev.hone.tensor.FlashAttention;
import dev.hone.tensor.Ops.Attended;
import dev.hone.tensor.Ops.AttentionGradients;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.global.torch;

/**
 * FlashAttention-2 as libtorch has it for cards: {@code aten::_flash_attention_forward} and {@code
 * _backward}, which have no functions in the binding and are reached by name.
 */
final class LibtorchFlash implements FlashAttention.Library {
    private final TorchPrimitives primitives;
    private final OperatorHandle forward;
    private final OperatorHandle backward;

    LibtorchFlash(TorchPrimitives primitives) {
        this.primitives = primitives;
        this.forward =
                Dispatcher.singleton().findSchemaOrThrow("aten::_flash_attention_forward", "");
        this.backward =
                Dispatcher.singleton().findSchemaOrThrow("aten::_flash_attention_backward", "");
    }

    @Override
    public Attended forward(FlashAttention.Inputs in, AttentionSpec spec) {
        Tensor q = in.q();
        try (Call call = new Call()) {
            call.tensors(q, in.k(), in.v(), in.queries(), in.keys());
            call.numbers(in.longestQuery(), in.longestKey());
            call.real(0); // dropout
            call.flag(true); // causal
            call.flag(false); // no mask for debugging
            call.real(spec.scale());
            call.window(spec);
            call.none(); // keys used of each sequence
            call.none(); // slopes
            call.run(forward);
            return new Attended(
                    call.result(0, q.dtype(), q.shape()),
                    call.result(1, DType.F32, Shape.of(q.dim(1), q.dim(0))));
        }
    }

    @Override
    public AttentionGradients backward(
            Tensor dOut, FlashAttention.Inputs in, Attended kept, AttentionSpec spec) {
        try (Call call = new Call()) {
            call.tensors(dOut, in.q(), in.k(), in.v(), kept.out(), kept.logSumExp());
            call.tensors(in.queries(), in.keys());
            call.numbers(in.longestQuery(), in.longestKey());
            call.real(0);
            call.flag(true);
            call.tensors(in.queries(), in.queries()); // of random numbers, which are not looked at
            call.real(spec.scale());
            call.window(spec);
            // Sums of dQ go over all keys in one order, whatever the cores are doing.
            torch.globalContext().setDeterministicAlgorithms(true, false);
            try {
                call.run(backward);
            } finally {
                torch.globalContext().setDeterministicAlgorithms(false, false);
            }
            return new AttentionGradients(
                    call.result(0, in.q().dtype(), in.q().shape()),
                    call.result(1, in.k().dtype(), in.k().shape()),
                    call.result(2, in.v().dtype(), in.v().shape()));
        }
    }

    /** A call by name: arguments in order, then the results in their place. */
    private final class Call implements AutoCloseable {
        private final IValueVector stack = new IValueVector();

        private void push(IValue value) {
            try (value) {
                stack.push_back(value);
            }
        }

        void tensors(Tensor... tensors) {
            for (Tensor tensor : tensors) {
                push(new IValue(((TorchTensor) tensor).handle()));
            }
        }

        void numbers(long... numbers) {
            for (long number : numbers) {
                push(new IValue(number));
            }
        }

        void real(double value) {
            push(new IValue(value));
        }

        void flag(boolean value) {
            push(new IValue(value));
        }

        void none() {
            push(new IValue());
        }

        /** Tokens that a query sees to its left, itself not counted, and to its right. */
        void window(AttentionSpec spec) {
            if (spec.window() > 0) {
                numbers(spec.window() - 1L, 0);
            } else {
                none();
                none();
            }
        }

        void run(OperatorHandle operator) {
            primitives.run(() -> operator.callBoxed(stack));
        }

        Tensor result(int index, DType dtype, Shape shape) {
            try (org.bytedeco.pytorch.Tensor held = stack.get(index).toTensor()) {
                return primitives.adopt(new org.bytedeco.pytorch.Tensor(held), dtype, shape);
            }
        }

        @Override
        public void close() {
            stack.close();
        }
    }
}
