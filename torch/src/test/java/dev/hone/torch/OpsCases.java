package dev.hone.torch;

import dev.hone.tensor.Activation;
import dev.hone.tensor.Adafactor;
import dev.hone.tensor.AdamW;
import dev.hone.tensor.AdamW8Bit;
import dev.hone.tensor.AttentionSpec;
import dev.hone.tensor.DType;
import dev.hone.tensor.Lion;
import dev.hone.tensor.Muon;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.ScheduleFreeAdamW;
import dev.hone.tensor.Sequences;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.UpdateRule;
import dev.hone.tensor.UpdateSlot;
import dev.hone.tensor.UpdateStep;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/** Every operation once or more, as programs that run on any engine. */
final class OpsCases {
    private OpsCases() {}

    /** Makes the operands, and gives back what is to be observed. */
    interface Program {
        Runnable prepare(Ops ops, DType dtype);
    }

    /** A program with its name. */
    record Case(String name, Program program) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> all() {
        return Stream.of(
                        makingAndMoving(),
                        norms(),
                        linear(),
                        magnitudes(),
                        quantized(),
                        pointwise(),
                        attention(),
                        head(),
                        optimizer())
                .flatMap(s -> s);
    }

    private static Tensor normal(Ops ops, DType dtype, long... dims) {
        return ops.normal(dtype, Shape.of(dims), 1, 7);
    }

    /** The dtype of sums and statistics beside activations of {@code dtype}. */
    private static DType wide(DType dtype) {
        return dtype == DType.F64 ? DType.F64 : DType.F32;
    }

    private static Stream<Case> makingAndMoving() {
        return Stream.of(
                new Case(
                        "add, addInPlace and scaleInPlace",
                        (ops, dtype) -> {
                            Tensor a = normal(ops, dtype, 31, 65);
                            Tensor b = normal(ops, dtype, 31, 65);
                            return () -> {
                                ops.addInPlace(a, b, 0.5);
                                ops.scaleInPlace(ops.add(a, b), 2);
                            };
                        }),
                new Case(
                        "addInPlace across dtypes",
                        (ops, dtype) -> {
                            Tensor sum = normal(ops, wide(dtype), 300, 700);
                            Tensor part = normal(ops, dtype, 300, 700);
                            return () -> {
                                ops.addInPlace(sum, part, 0.5);
                                ops.addInPlace(part, sum, 0.5);
                            };
                        }),
                new Case(
                        "cast, copy, fill, views",
                        (ops, dtype) -> {
                            Tensor a = normal(ops, dtype, 40, 50);
                            return () -> {
                                Tensor wide = ops.cast(a, wide(dtype));
                                ops.copy(wide, a);
                                ops.fill(ops.rows(ops.view(wide, 50, 40), 3, 9), 1);
                            };
                        }),
                new Case(
                        "embedding and its gradient",
                        (ops, dtype) -> {
                            Tensor table = normal(ops, dtype, 90, 64);
                            Tensor ids = ops.ofIndices(new int[] {4, 4, 0, 89, 17});
                            Tensor dTable = ops.zeros(wide(dtype), Shape.of(90, 64));
                            return () ->
                                    ops.embeddingBackward(ops.embedding(table, ids), ids, dTable);
                        }),
                new Case(
                        "addColumnSums and sumOfSquares",
                        (ops, dtype) -> {
                            Tensor a = normal(ops, dtype, 70, 33);
                            Tensor sums = ops.zeros(wide(dtype), Shape.of(33));
                            return () -> {
                                ops.addColumnSums(a, sums);
                                double _ = ops.sumOfSquares(List.of(sums, sums));
                            };
                        }));
    }

    private static Stream<Case> norms() {
        return Stream.of(new int[] {33, 64}, new int[] {1, 577})
                .map(size ->
                        new Case(
                                "rmsNorm " + size[0] + "x" + size[1],
                                (ops, dtype) -> {
                                    Tensor x = normal(ops, dtype, size[0], size[1]);
                                    Tensor weight = normal(ops, dtype, size[1]);
                                    Tensor dX = normal(ops, dtype, size[0], size[1]);
                                    Tensor dWeight = ops.zeros(wide(dtype), Shape.of(size[1]));
                                    return () -> {
                                        var normed = ops.rmsNorm(x, weight, 1e-6);
                                        ops.rmsNormAgain(x, weight, 1e-6);
                                        ops.rmsNormBackward(
                                                normed.out(),
                                                x,
                                                weight,
                                                normed.rstd(),
                                                dX,
                                                dWeight);
                                    };
                                }));
    }

    private static Stream<Case> linear() {
        return Stream.of(new int[] {130, 96, 160}, new int[] {1, 64, 33})
                .map(size ->
                        new Case(
                                "linear %d: %d to %d".formatted(size[0], size[1], size[2]),
                                (ops, dtype) -> {
                                    Tensor x = normal(ops, dtype, size[0], size[1]);
                                    Tensor w = normal(ops, dtype, size[2], size[1]);
                                    Tensor dW = ops.zeros(wide(dtype), w.shape());
                                    return () -> {
                                        Tensor out = ops.linear(x, w);
                                        ops.linearInto(out, x, w, 0.5);
                                        Tensor dX = ops.linearBackward(out, w);
                                        ops.linearBackwardInto(dX, out, w, 0.5);
                                        ops.linearWeightGradient(dW, out, x, 0.5);
                                    };
                                }));
    }

    private static Stream<Case> magnitudes() {
        return Stream.of(new int[] {70, 96, 160, 4}, new int[] {1, 70_000, 130, 3})
                .map(size ->
                        new Case(
                                "adapted norms and scaled columns, %d to %d"
                                        .formatted(size[1], size[2]),
                                (ops, dtype) -> {
                                    Tensor w = normal(ops, dtype, size[2], size[1]);
                                    Tensor a = normal(ops, dtype, size[3], size[1]);
                                    Tensor b = normal(ops, dtype, size[2], size[3]);
                                    Tensor x = normal(ops, dtype, size[0], size[2]);
                                    Tensor dFactors = ops.zeros(wide(dtype), Shape.of(size[2]));
                                    return () -> {
                                        Tensor squares = ops.rowSquares(w);
                                        Tensor norms = ops.adaptedNorms(w, squares, a, b, 0.5);
                                        ops.divideInPlace(norms, squares);
                                        Tensor out = ops.scaleColumns(x, norms);
                                        ops.scaleColumnsBackward(out, x, norms, dFactors);
                                    };
                                }));
    }

    private static Stream<Case> quantized() {
        return Stream.of(
                dequantize("int8", ops -> CpuDequantizeTest.int8(ops, 37, 129)),
                dequantize("NF4", ops -> CpuDequantizeTest.nf4(ops, 30, 192, false)),
                dequantize("NF4 twice", ops -> CpuDequantizeTest.nf4(ops, 30, 192, true)),
                dequantize(
                        "NF4 twice, whole groups",
                        ops -> CpuDequantizeTest.nf4(ops, 128, 256, true)));
    }

    private static Case dequantize(String name, Function<Ops, QuantizedMatrix> matrix) {
        return new Case(
                "dequantize " + name,
                (ops, dtype) -> {
                    QuantizedMatrix made = matrix.apply(ops);
                    return () -> ops.dequantize(made, dtype);
                });
    }

    private static Stream<Case> pointwise() {
        return Stream.concat(
                Stream.of(Activation.values())
                        .map(activation ->
                                new Case(
                                        "gatedActivation " + activation,
                                        (ops, dtype) -> {
                                            Tensor gate = normal(ops, dtype, 37, 129);
                                            Tensor up = normal(ops, dtype, 37, 129);
                                            return () ->
                                                    ops.gatedActivationBackward(
                                                            activation,
                                                            ops.gatedActivation(
                                                                    activation, gate, up),
                                                            gate,
                                                            up);
                                        })),
                Stream.of(
                        new Case(
                                "rope",
                                (ops, dtype) -> {
                                    Tensor x = normal(ops, dtype, 21, 3, 32);
                                    Tensor cos = normal(ops, DType.F32, 21, 12);
                                    Tensor sin = normal(ops, DType.F32, 21, 12);
                                    return () -> {
                                        ops.rope(x, cos, sin);
                                        ops.ropeBackward(x, cos, sin);
                                    };
                                }),
                        new Case(
                                "addNoise",
                                (ops, dtype) -> {
                                    Tensor x = normal(ops, dtype, 57, 41);
                                    Tensor bounds = normal(ops, DType.F32, 57);
                                    return () -> ops.addNoise(x, bounds, 3);
                                }),
                        new Case(
                                "dropout",
                                (ops, dtype) -> {
                                    Tensor x = normal(ops, dtype, 57, 41);
                                    return () -> ops.dropout(x, 0.25, 3);
                                })));
    }

    private static Stream<Case> attention() {
        return Stream.of(
                attention("one sequence", 4, 4, Sequences.of(0, 65), 0),
                attention("grouped heads, three sequences", 6, 2, Sequences.of(0, 7, 40, 41), 0),
                attention("a window", 4, 2, Sequences.of(0, 50, 90), 16),
                attention("cached keys", 4, 1, Sequences.cached(3, 80), 0));
    }

    private static Case attention(
            String name, int queryHeads, int keyHeads, Sequences sequences, int window) {
        return new Case(
                "attention, " + name,
                (ops, dtype) -> {
                    Tensor q = normal(ops, dtype, sequences.queries(), queryHeads, 32);
                    Tensor k = normal(ops, dtype, sequences.keys(), keyHeads, 32);
                    Tensor v = normal(ops, dtype, sequences.keys(), keyHeads, 32);
                    AttentionSpec spec = new AttentionSpec(0.2, window);
                    return () -> {
                        var attended = ops.attention(q, k, v, sequences, spec);
                        ops.attentionBackward(q, q, k, v, attended, sequences, spec);
                    };
                });
    }

    private static Stream<Case> head() {
        return Stream.of(
                new Case(
                        "tokenLogProbs and its gradient, in chunks",
                        (ops, dtype) -> {
                            int[] ids = new int[50];
                            Tensor targets = ops.ofIndices(ids);
                            Tensor hidden = normal(ops, dtype, ids.length, 4);
                            // so wide a head that 32 MiB hold 16 rows of F64 logits
                            Tensor head = normal(ops, dtype, 260_000, 4);
                            Tensor dHead = ops.zeros(wide(dtype), head.shape());
                            return () -> {
                                Tensor logProbs = ops.tokenLogProbs(hidden, head, targets);
                                Tensor dHidden = ops.zeros(dtype, hidden.shape());
                                ops.tokenLogProbsBackward(
                                        hidden, head, targets, logProbs, dHidden, dHead);
                            };
                        }),
                new Case(
                        "argmax",
                        (ops, dtype) -> {
                            Tensor logits = normal(ops, dtype, 9, 1000);
                            return () -> ops.argmax(logits);
                        }));
    }

    private static Stream<Case> optimizer() {
        UpdateStep step = new UpdateStep(3, 1e-3, 0.5, 9);
        AdamW adamW = new AdamW(step, 0.9, 0.999, 1e-8);
        return Stream.of(
                        update("adamW", adamW, (ops, w) -> List.of(full(ops, w), full(ops, w))),
                        update("adamW8Bit", new AdamW8Bit(adamW), OpsCases::eightBit),
                        update(
                                "scheduleFree",
                                new ScheduleFreeAdamW(step, 0.9, 0.999, 1e-8, 0.25),
                                (ops, w) -> List.of(full(ops, w), full(ops, w))),
                        update(
                                "lion",
                                new Lion(step, 0.9, 0.99),
                                (ops, w) -> List.of(full(ops, w))),
                        update(
                                "adafactor",
                                new Adafactor(step, 0.8, 1, false),
                                (ops, w) ->
                                        List.of(
                                                ops.zeros(w.dtype(), Shape.of(w.dim(0), 1)),
                                                ops.zeros(w.dtype(), Shape.of(1, w.dim(1))))),
                        update("muon", new Muon(step, 0.95), (ops, w) -> List.of(full(ops, w))))
                .flatMap(cases -> cases);
    }

    private static Tensor full(Ops ops, Tensor weight) {
        return ops.zeros(weight.dtype(), weight.shape());
    }

    private static List<Tensor> eightBit(Ops ops, Tensor weight) {
        Shape codes = Shape.of(weight.elements());
        Shape scales = Shape.of(AdamW8Bit.blocks(weight.elements()));
        return List.of(
                ops.zeros(DType.U8, codes),
                ops.zeros(DType.F32, scales),
                ops.zeros(DType.U8, codes),
                ops.zeros(DType.F32, scales));
    }

    /** A rule's update of a wide and a tall matrix, with masters and, in BF16, without. */
    private static Stream<Case> update(
            String name, UpdateRule rule, BiFunction<Ops, Tensor, List<Tensor>> states) {
        return Stream.of(true, false)
                .map(masters ->
                        new Case(
                                name + (masters ? "" : " without masters"),
                                (ops, dtype) -> {
                                    UpdateSlot wide = slot(ops, dtype, masters, states, 60, 75);
                                    UpdateSlot tall = slot(ops, dtype, masters, states, 75, 20);
                                    return () -> ops.update(rule, List.of(wide, tall));
                                }));
    }

    private static UpdateSlot slot(
            Ops ops,
            DType dtype,
            boolean masters,
            BiFunction<Ops, Tensor, List<Tensor>> states,
            long rows,
            long columns) {
        Tensor gradient = normal(ops, wide(dtype), rows, columns);
        Tensor value = normal(ops, dtype, rows, columns);
        Tensor master =
                dtype == wide(dtype)
                        ? value
                        : masters ? normal(ops, wide(dtype), rows, columns) : null;
        return new UpdateSlot(master, value, gradient, states.apply(ops, gradient), 2, 0.01, rows);
    }
}
