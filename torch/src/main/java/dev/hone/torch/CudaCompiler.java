package dev.hone.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.hone.tensor.Nf4;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Turns the CUDA sources beside this class into machine code for one architecture, by NVRTC, and
 * keeps it in a folder by what it was made from.
 */
final class CudaCompiler {
    private static final System.Logger LOG = System.getLogger(CudaCompiler.class.getName());

    private static final List<String> FILES =
            List.of(
                    "common.cu",
                    "norm.cu",
                    "pointwise.cu",
                    "softmax.cu",
                    "quantized.cu",
                    "updates.cu");

    /** What is different between a card and the host that tests compile for. */
    private static final String FOR_CARDS =
            """
            #define INLINE __device__ __forceinline__
            #define ENTRY(name)
            #define INFINITY __int_as_float(0x7f800000)
            """;

    private CudaCompiler() {}

    /** All sources as one, without what is different between cards and host. */
    static String source() {
        StringBuilder source = new StringBuilder(codes());
        for (String file : FILES) {
            try (InputStream in = CudaCompiler.class.getResourceAsStream("cuda/" + file)) {
                if (in == null) {
                    throw new IllegalStateException("no resource cuda/" + file);
                }
                source.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return source.toString();
    }

    /** The values of the 4-bit codes. */
    private static String codes() {
        StringBuilder table = new StringBuilder("__constant__ float CODES[16] = {");
        for (int i = 0; i < 16; i++) {
            table.append(i == 0 ? "" : ", ").append(Float.toHexString(Nf4.code(i))).append('f');
        }
        return table.append("};\n").toString();
    }

    /**
     * Machine code for an architecture such as {@code sm_90}.
     *
     * @param cache a folder that need not exist
     * @param arena that the result lives in
     */
    static MemorySegment compile(String architecture, Path cache, Arena arena) {
        NativeLibrary nvrtc = NativeLibrary.open("libnvrtc.so.13", "nvrtc64_130_0.dll", arena);
        String source = FOR_CARDS + source();
        Path kept = cache.resolve(key(nvrtc, architecture, source) + ".cubin");
        byte[] code =
                kept(kept)
                        .orElseGet(() -> {
                            byte[] made = compile(nvrtc, architecture, source);
                            keep(made, kept);
                            return made;
                        });
        MemorySegment image = arena.allocate(code.length, Long.BYTES);
        return image.copyFrom(MemorySegment.ofArray(code));
    }

    private static Optional<byte[]> kept(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "{0}: kernels are compiled anew: {1}", file, e);
            return Optional.empty();
        }
    }

    private static void keep(byte[] code, Path file) {
        try {
            Files.createDirectories(file.getParent());
            Path partial = Files.createTempFile(file.getParent(), "kernels", ".partial");
            Files.write(partial, code);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "{0}: kernels are not kept: {1}", file, e);
        }
    }

    private static String key(NativeLibrary nvrtc, String architecture, String source) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment major = scratch.allocate(JAVA_INT);
            MemorySegment minor = scratch.allocate(JAVA_INT);
            check("nvrtcVersion", nvrtc.call("nvrtcVersion", major, minor));
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String what =
                    "%d.%d %s %s"
                            .formatted(
                                    major.get(JAVA_INT, 0),
                                    minor.get(JAVA_INT, 0),
                                    architecture,
                                    source);
            return HexFormat.of().formatHex(digest.digest(what.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] compile(NativeLibrary nvrtc, String architecture, String source) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment holder = scratch.allocate(ADDRESS);
            int made =
                    nvrtc.call(
                            "nvrtcCreateProgram",
                            holder,
                            scratch.allocateFrom(source),
                            scratch.allocateFrom("hone.cu"),
                            0,
                            MemorySegment.NULL,
                            MemorySegment.NULL);
            check("nvrtcCreateProgram", made);
            MemorySegment program = holder.get(ADDRESS, 0);
            try {
                return compiled(nvrtc, program, architecture, scratch);
            } finally {
                nvrtc.call("nvrtcDestroyProgram", holder);
            }
        }
    }

    private static byte[] compiled(
            NativeLibrary nvrtc, MemorySegment program, String architecture, Arena scratch) {
        List<String> options = List.of("--gpu-architecture=" + architecture, "--std=c++17");
        MemorySegment list = scratch.allocate(ADDRESS, options.size());
        for (int i = 0; i < options.size(); i++) {
            list.setAtIndex(ADDRESS, i, scratch.allocateFrom(options.get(i)));
        }
        int status = nvrtc.call("nvrtcCompileProgram", program, options.size(), list);
        if (status != 0) {
            byte[] log = sized(nvrtc, "nvrtcGetProgramLog", program, scratch);
            throw new IllegalStateException(
                    "the kernels do not compile for %s: %s"
                            .formatted(architecture, new String(log, StandardCharsets.UTF_8)));
        }
        return sized(nvrtc, "nvrtcGetCUBIN", program, scratch);
    }

    /** What a pair of functions gives: one its size, one its bytes. */
    private static byte[] sized(
            NativeLibrary nvrtc, String function, MemorySegment program, Arena scratch) {
        MemorySegment size = scratch.allocate(JAVA_LONG);
        check(function + "Size", nvrtc.call(function + "Size", program, size));
        MemorySegment bytes = scratch.allocate(size.get(JAVA_LONG, 0));
        check(function, nvrtc.call(function, program, bytes));
        return bytes.toArray(JAVA_BYTE);
    }

    private static void check(String function, int status) {
        if (status != 0) {
            throw new IllegalStateException(function + " answered " + status);
        }
    }
}
