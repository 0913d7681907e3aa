package dev.hone.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hone.tensor.CudaKernels;
import dev.hone.tensor.KernelLauncher;
import dev.hone.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Runs the CUDA sources on the host, compiled by its C++ compiler: the kernels and the code that
 * starts them, on tensors of the processor's.
 */
final class HostLauncher implements KernelLauncher, AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final SymbolLookup library;
    private final MethodHandle launch;
    private final KernelArguments arguments = new KernelArguments(arena);

    private HostLauncher(Path library) {
        this.library = SymbolLookup.libraryLookup(library, arena);
        this.launch =
                Linker.nativeLinker()
                        .downcallHandle(
                                this.library.findOrThrow("host_launch"),
                                FunctionDescriptor.of(
                                        JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    }

    /** Compiles the sources in {@code folder}; empty where there is no compiler for them. */
    static Optional<HostLauncher> compile(Path folder) {
        if (!System.getProperty("os.name").equals("Linux") || !answers("g++", "--version")) {
            return Optional.empty();
        }
        try (InputStream header = HostLauncher.class.getResourceAsStream("host.h")) {
            assertThat(header).as("host.h").isNotNull();
            Path source = folder.resolve("kernels.cpp");
            Path library = folder.resolve("libkernels.so");
            Files.writeString(
                    source,
                    new String(header.readAllBytes(), StandardCharsets.UTF_8)
                            + CudaCompiler.source());
            List<String> command =
                    List.of(
                            "g++",
                            "-std=c++17",
                            "-O1",
                            "-ffp-contract=off",
                            "-fno-strict-aliasing",
                            "-w",
                            "-shared",
                            "-fPIC",
                            "-o",
                            library.toString(),
                            source.toString());
            Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said =
                    new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(compiler.waitFor()).as(said).isZero();
            return Optional.of(new HostLauncher(library));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An engine of CUDA kernels on the host; tests are left out where there is no compiler. */
    static KernelsAgreement.Engine engine(Path folder) {
        TorchRuntime.load();
        Optional<HostLauncher> compiled = HostLauncher.compile(folder);
        assumeTrue(compiled.isPresent(), "no C++ compiler (g++) on this machine");
        HostLauncher launcher = compiled.get();
        TorchPrimitives onHost = new TorchPrimitives();
        return new KernelsAgreement.Engine(
                onHost, new CudaKernels(onHost, launcher, new NoFlash(), "on the host"), launcher);
    }

    private static boolean answers(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long address(Tensor tensor) {
        return KernelArguments.address(tensor);
    }

    @Override
    public void launch(String kernel, long blocks, int threads, Argument... given) {
        MemorySegment function = library.findOrThrow("host_" + kernel);
        try {
            int status =
                    (int)
                            launch.invokeExact(
                                    function,
                                    Math.toIntExact(blocks),
                                    threads,
                                    arguments.of(given));
            assertThat(status).isZero();
        } catch (Throwable e) {
            throw new IllegalStateException(kernel, e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
