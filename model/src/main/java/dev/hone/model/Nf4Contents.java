package dev.hone.model;

import dev.hone.model.SafetensorsWriter.Content;
import dev.hone.tensor.DynamicMap;
import dev.hone.tensor.Nf4;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tensors of a matrix in 4 bits, as bitsandbytes 0.50 writes them; {@link Nf4File} reads them.
 * Scales are found as often as they are needed rather than held for all matrices of a model.
 */
record Nf4Contents(Ops ops, String name, HostValues values, Shape shape, DoubleConsumer error) {
    private static final int CODES = 16;

    /**
     * In the order of a model's state.
     *
     * @param doubled whether scales are in 8 bits
     */
    List<Content> tensors(boolean doubled) {
        List<Content> tensors = new ArrayList<>();
        Shape packed = Shape.of(shape.elements() / 2, 1);
        tensors.add(new Content(name, "U8", packed, () -> elements(doubled)));
        Shape blocks = Shape.of(shape.elements() / Nf4.BLOCK);
        ObjectNode state = JsonMapper.shared().createObjectNode();
        state.put("quant_type", "nf4");
        state.put("blocksize", Nf4.BLOCK);
        state.put("dtype", values.format().torchName());
        state.putArray("shape").add(shape.dim(0)).add(shape.dim(1));
        if (doubled) {
            // The mean decides how long the state is, and so where everything behind it lies.
            DoubleQuantization scales = scales();
            tensors.add(
                    new Content(
                            name + Nf4File.ABSMAX,
                            "U8",
                            blocks,
                            () -> MemorySegment.ofArray(scales().codes())));
            tensors.add(floats(Nf4File.CODES, codes()));
            tensors.add(floats(Nf4File.NESTED, scales.nested()));
            tensors.add(floats(Nf4File.NESTED_MAP, DynamicMap.signed().values()));
            state.put("nested_blocksize", Nf4.SCALE_BLOCK);
            state.put("nested_dtype", "float32");
            state.put("nested_offset", (double) scales.offset());
        } else {
            tensors.add(
                    new Content(
                            name + Nf4File.ABSMAX,
                            "F32",
                            blocks,
                            () -> MemorySegment.ofArray(absmax())));
            tensors.add(floats(Nf4File.CODES, codes()));
        }
        byte[] json = PythonJson.compact(state).getBytes(StandardCharsets.US_ASCII);
        tensors.add(
                new Content(
                        name + Nf4File.STATE,
                        "U8",
                        Shape.of(json.length),
                        () -> MemorySegment.ofArray(json)));
        return tensors;
    }

    private Content floats(String suffix, float[] values) {
        return new Content(
                name + suffix, "F32", Shape.of(values.length), () -> MemorySegment.ofArray(values));
    }

    private static float[] codes() {
        float[] codes = new float[CODES];
        for (int i = 0; i < CODES; i++) {
            codes[i] = Nf4.code(i);
        }
        return codes;
    }

    private float[] absmax() {
        return Nf4Quantizer.absmax(name, values);
    }

    private DoubleQuantization scales() {
        return DoubleQuantization.of(ops, absmax());
    }

    private MemorySegment elements(boolean doubled) {
        float[] absmax = absmax();
        byte[] packed = Nf4Quantizer.packed(values, absmax);
        float[] scales = doubled ? DoubleQuantization.of(ops, absmax).scales() : absmax;
        error.accept(
                RelativeError.of(
                        values,
                        (from, into) -> {
                            for (int i = 0; i < into.length; i++) {
                                int pair = packed[(int) ((from + i) / 2)] & 0xff;
                                int index = i % 2 == 0 ? pair >>> 4 : pair & 15;
                                float scale = scales[(int) ((from + i) / Nf4.BLOCK)];
                                into[i] = Nf4.code(index) * scale;
                            }
                        }));
        return MemorySegment.ofArray(packed);
    }
}
