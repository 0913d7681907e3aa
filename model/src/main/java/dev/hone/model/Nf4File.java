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
record Nf4File(
        Path folder, Map<String, SafetensorsFile.Entry> tensors, String name, JsonNode state) {
    private static final String STATE = ".quant_state.bitsandbytes__nf4";

    /** The matrix of this name, if it is stored in this way. */
    static Optional<Nf4File> find(
            Path folder, Map<String, SafetensorsFile.Entry> tensors, String name) {
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

    Nf4File requireDoubled(boolean wanted) {
        if (doubled() != wanted) {
            throw new ModelException(
                    "%s: tensor '%s' is stored %s double quantization; set quantization.double: %s"
                            .formatted(folder, name, wanted ? "without" : "with", doubled()));
        }
        return this;
    }

    /** Uploads the matrix as it is. */
    Nf4 load(Ops ops, Shape shape) {
        require("quant_type", "nf4");
        require("blocksize", String.valueOf(Nf4.BLOCK));
        require("shape", "[%d,%d]".formatted(shape.dim(0), shape.dim(1)));
        requireCodes();
        long blocks = shape.elements() / Nf4.BLOCK;
        var packed = part("", "U8", shape.elements() / 2);
        var absmax = part(".absmax", doubled() ? "U8" : "F32", blocks);
        if (!doubled()) {
            return new Nf4(
                    shape,
                    ops.upload(packed.bytes(), DType.U8, Shape.of(shape.elements() / 2)),
                    new Nf4.Scales.Plain(ops.upload(absmax.bytes(), DType.F32, Shape.of(blocks))));
        }
        require("nested_blocksize", String.valueOf(Nf4.SCALE_BLOCK));
        long groups = Math.ceilDiv(blocks, Nf4.SCALE_BLOCK);
        var nested = part(".nested_absmax", "F32", groups);
        var map = part(".nested_quant_map", "F32", 256);
        return new Nf4(
                shape,
                ops.upload(packed.bytes(), DType.U8, Shape.of(shape.elements() / 2)),
                new Nf4.Scales.Quantized(
                        ops.upload(absmax.bytes(), DType.U8, Shape.of(blocks)),
                        ops.upload(nested.bytes(), DType.F32, Shape.of(groups)),
                        ops.upload(map.bytes(), DType.F32, Shape.of(256)),
                        state.get("nested_offset").floatValue()));
    }

    /** What {@link Nf4#tensors} of the loaded matrix are read from. */
    List<SafetensorsFile.Entry> parts() {
        return Stream.of("", ".absmax", ".nested_absmax", ".nested_quant_map")
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
        var codes = part(".quant_map", "F32", 16);
        for (int i = 0; i < 16; i++) {
            float code = codes.bytes().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
            if (code != Nf4.code(i)) {
                throw new ModelException(
                        "%s: tensor '%s.quant_map': entry %d is %s; expected %s, as NF4 has it"
                                .formatted(folder, name, i, code, Nf4.code(i)));
            }
        }
    }

    private SafetensorsFile.Entry part(String suffix, String dtype, long elements) {
        SafetensorsFile.Entry entry = tensors.get(name + suffix);
        if (entry == null) {
            throw new ModelException(
                    "%s: tensor '%s' is missing, a part of '%s' in 4 bits"
                            .formatted(folder, name + suffix, name));
        }
        if (!entry.dtype().equals(dtype) || entry.shape().elements() != elements) {
            throw new ModelException(
                    "%s: tensor '%s' is %s %s; expected %d elements of %s"
                            .formatted(
                                    folder,
                                    name + suffix,
                                    entry.dtype(),
                                    entry.shape(),
                                    elements,
                                    dtype));
        }
        return entry;
    }
}
