package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.QuantizedMatrix;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Starts of adapters that are found from the base's matrices, one at a time and before the decoder
 * is loaded: {@link AdapterStart#PISSA} without a quantization, where B·A is what leads W, and
 * {@link AdapterStart#LOFTQ} with one, where it is what leads W − Q(W).
 *
 * <p>A start is written down as an adapter folder. So a run that is resumed goes on from the same
 * numbers, and what an adapter has become beyond its start can be told.
 *
 * @param dtype of arithmetic; A and B are rounded to it, so that what they stand for is what is
 *     computed with
 * @param seed of the random vectors that the search begins with
 */
public record LeadingStart(
        Ops ops,
        ModelConfig config,
        WeightSource base,
        LoraSpec spec,
        Optional<Quantization> quantization,
        DType dtype,
        long seed) {

    public LeadingStart {
        for (LinearModule module : spec.modules(config)) {
            int rank = spec.size(module.path()).rank();
            long most = Math.min(module.out(), module.in());
            if (rank > most) {
                throw new ModelException(
                        "adapter.rank: %s is %d x %d and has %d singular vectors, fewer than the %d asked for; lower the rank, or use adapter.start: default"
                                .formatted(module.path(), module.out(), module.in(), most, rank));
            }
            if (quantization.isPresent() && !base.inFull(name(module))) {
                throw new ModelException(
                        "adapter.start: loftq needs the weights in full to see what quantizing takes away, and %s is stored in 4 bits; use the model it was made from, or adapter.start: default"
                                .formatted(name(module)));
            }
        }
    }

    private static String name(LinearModule module) {
        return module.path() + ".weight";
    }

    /**
     * Finds A and B of every module and writes them.
     *
     * @param model what {@code base_model_name_or_path} says
     * @param found told after each module
     */
    public void write(Path folder, String model, Runnable found) throws IOException {
        List<SafetensorsWriter.Content> contents = new ArrayList<>();
        Map<String, float[]> waiting = new HashMap<>(); // B of a module whose A was asked for
        for (LinearModule module : spec.modules(config)) {
            int rank = spec.size(module.path()).rank();
            contents.add(
                    new SafetensorsWriter.Content(
                            module.path() + PeftAdapter.A,
                            DType.F32.name(),
                            Shape.of(rank, module.in()),
                            () -> {
                                LeadingFactors factors = factors(module);
                                waiting.put(module.path(), factors.b());
                                found.run();
                                return MemorySegment.ofArray(factors.a());
                            }));
            contents.add(
                    new SafetensorsWriter.Content(
                            module.path() + PeftAdapter.B,
                            DType.F32.name(),
                            Shape.of(module.out(), rank),
                            () ->
                                    MemorySegment.ofArray(
                                            Objects.requireNonNull(
                                                    waiting.remove(module.path())))));
        }
        LoraSpec plain =
                new LoraSpec(
                        spec.rank(),
                        spec.alpha(),
                        spec.dropout(),
                        spec.targets(),
                        spec.rankStabilized(),
                        spec.sizes(),
                        false);
        AdapterStart start = quantization.isPresent() ? AdapterStart.LOFTQ : AdapterStart.PISSA;
        PeftWriter.write(
                folder, contents, plain, new PeftWriter.Origin(model, start, quantization));
    }

    /** Finds the starts of these modules and forgets them: for counting on paper. */
    public void rehearse(List<LinearModule> modules) {
        modules.forEach(this::factors);
    }

    private LeadingFactors factors(LinearModule module) {
        LoraSpec.Size size = spec.size(module.path());
        long itsOwn = seed * 0x9E3779B97F4A7C15L + module.path().hashCode();
        try (Scope _ = ops.scope()) {
            Tensor w = target(module);
            LeadingFactors found = LeadingFactors.of(ops, w, size.rank(), size.scale(), itsOwn);
            if (dtype == DType.BF16) {
                round(found.a());
                round(found.b());
            }
            return found;
        }
    }

    /** What s·B·A is to come near: W, or what quantizing takes away from it. */
    private Tensor target(LinearModule module) {
        Shape shape = Shape.of(module.out(), module.in());
        try (Scope scope = ops.scope()) {
            Tensor w = scope.keep(base.load(ops, name(module), shape, DType.F32));
            if (quantization.isPresent()) {
                ops.addInPlace(w, quantized(module, w, quantization.get()), -1);
            }
            return w;
        }
    }

    private Tensor quantized(LinearModule module, Tensor w, Quantization how) {
        try (Scope scope = ops.scope();
                QuantizedMatrix matrix = base.quantized(ops, name(module), w, how)) {
            return scope.keep(ops.dequantize(matrix, dtype));
        }
    }

    private static void round(float[] values) {
        for (int i = 0; i < values.length; i++) {
            int bits = Float.floatToRawIntBits(values[i]);
            values[i] = Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
        }
    }
}
