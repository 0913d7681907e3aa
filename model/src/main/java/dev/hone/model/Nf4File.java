package dev.hone.model;

import dev.hone.tensor.DType;
import dev.hone.tensor.Nf4;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Shape;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One matrix of a checkpoint that bitsandbytes wrote in 4 bits: the packed tensor under the
 * matrix's name and, behind that name, {@code .absmax}, {@code .quant_map}, the two {@code
 * .nested_…} tensors with double quantization, and {@code .quant_state.bitsandbytes__nf4}, a JSON
 * object as bytes.
 *
 * @param state that object
 */
record Nf4File(Path folder, Map<String, SafetensorsFile.Entry> tensors, String name, JsonNode state)
        implements QuantizedFile {
    static final String STATE = ".quant_state.bitsandbytes__nf4";
    static final String ABSMAX = ".absmax";
    static final String CODES = ".quant_map";
    static final String NESTED = ".nested_absmax";
    static final String NESTED_MAP = ".nested_quant_map";

    private static final String OTHER_STATE = ".quant_state.bitsandbytes__fp4";

    /** The matrix of this name, if it is stored in this way. */
    static Optional<Nf4File> find(
            Path folder, Map<String, SafetensorsFile.Entry> tensors, String name) {
        if (tensors.containsKey(name + OTHER_STATE)) {
            throw new ModelException(
                    "%s: tensor '%s' is stored in fp4, which is not supported; supported are nf4 and int8"
                            .formatted(folder, name));
        }
        SafetensorsFile.Entry entry = tensors.get(name + STATE);
        if (entry == null) {
            return Optional.empty();
        }
        String text =
                new String(entry.bytes().toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        try {
            return Optional.of(
                    new Nf4File(folder, tensors, name, JsonMapper.shared().readTree(text)));
        } catch (JacksonException e) {
            throw new ModelException(
                    "%s: tensor '%s': expected a JSON object, found '%s'"
                            .formatted(folder, name + STATE, text));
        }
    }

    private boolean doubled() {
        return state.has("nested_offset");
    }

    @Override
    public Quantization kind() {
        return new Quantization.Nf4(doubled());
    }

    @Override
    public Nf4 load(Ops ops, Shape shape) {
        require("quant_type", "nf4");
        require("blocksize", String.valueOf(Nf4.BLOCK));
        require("shape", "[%d,%d]".formatted(shape.dim(0), shape.dim(1)));
        requireCodes();
        long blocks = shape.elements() / Nf4.BLOCK;
        var packed = part("", "U8", shape.elements() / 2);
        var absmax = part(ABSMAX, doubled() ? "U8" : "F32", blocks);
        if (!doubled()) {
            return new Nf4(
                    shape,
                    ops.upload(packed.bytes(), DType.U8, Shape.of(shape.elements() / 2)),
                    new Nf4.Scales.Plain(ops.upload(absmax.bytes(), DType.F32, Shape.of(blocks))));
        }
        require("nested_blocksize", String.valueOf(Nf4.SCALE_BLOCK));
        long groups = Math.ceilDiv(blocks, Nf4.SCALE_BLOCK);
        var nested = part(NESTED, "F32", groups);
        var map = part(NESTED_MAP, "F32", 256);
        return new Nf4(
                shape,
                ops.upload(packed.bytes(), DType.U8, Shape.of(shape.elements() / 2)),
                new Nf4.Scales.Quantized(
                        ops.upload(absmax.bytes(), DType.U8, Shape.of(blocks)),
                        ops.upload(nested.bytes(), DType.F32, Shape.of(groups)),
                        ops.upload(map.bytes(), DType.F32, Shape.of(256)),
                        state.get("nested_offset").floatValue()));
    }

    @Override
    public List<SafetensorsFile.Entry> parts() {
        return Stream.of("", ABSMAX, NESTED, NESTED_MAP)
                .map(suffix -> tensors.get(name + suffix))
                .filter(Objects::nonNull)
                .toList();
    }

    private void require(String key, String expected) {
        JsonNode value = state.path(key);
        String found = value.isString() ? value.asString() : value.toString();
        if (!found.equals(expected)) {
            throw new ModelException(
                    "%s: tensor '%s': key '%s' is %s; expected %s"
                            .formatted(folder, name + STATE, key, found, expected));
        }
    }

    private void requireCodes() {
        var codes = part(CODES, "F32", 16);
        for (int i = 0; i < 16; i++) {
            float code = codes.bytes().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
            if (code != Nf4.code(i)) {
                throw new ModelException(
                        "%s: tensor '%s': entry %d is %s; expected %s, as NF4 has it"
                                .formatted(folder, name + CODES, i, code, Nf4.code(i)));
            }
        }
    }

    private SafetensorsFile.Entry part(String suffix, String dtype, long elements) {
        return part(name + suffix, dtype, elements, "4 bits");
    }
}
