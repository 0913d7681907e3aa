package dev.hone.torch;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;

/** Loads the native libraries, and holds what is set for the whole process. */
final class TorchRuntime {
    /** Above this much memory JavaCPP stops the process; 0 is no limit. */
    private static final String LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";

    private TorchRuntime() {}

    /**
     * Loads libtorch.
     *
     * @throws IllegalStateException when JavaCPP was started with its limit on physical memory,
     *     which counts the files mapped by this process too
     */
    static void load() {
        if (System.getProperty(LIMIT) == null) {
            System.setProperty(LIMIT, "0");
        }
        Loader.load(torch.class);
        if (Pointer.maxPhysicalBytes() > 0) {
            throw new IllegalStateException(
                    "JavaCPP would stop this process at %,d bytes of memory: start Java with -D%s=0"
                            .formatted(Pointer.maxPhysicalBytes(), LIMIT));
        }
    }

    /**
     * Lets the calling thread compute on this many cores. OpenBLAS, which does fp32 products, has
     * threads of its own beside libtorch's and one number of them for the whole process.
     */
    static void useThreads(int threads) {
        torch.set_num_threads(threads);
        Pointer openBlas = Loader.addressof("openblas_set_num_threads");
        if (openBlas == null) {
            return; // macOS computes on Accelerate
        }
        try {
            Linker.nativeLinker()
                    .downcallHandle(
                            MemorySegment.ofAddress(openBlas.address()),
                            FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT))
                    .invokeExact(threads);
        } catch (Throwable e) {
            throw new IllegalStateException("OpenBLAS would not take a number of threads", e);
        }
    }

    /** The system and architecture as the natives' classifiers name them, such as linux-x86_64. */
    static String platform() {
        return Loader.getPlatform();
    }

    /** Whether libtorch for CUDA is among this process's jars. */
    static boolean cudaOnClassPath() {
        String library = System.mapLibraryName("torch_cuda");
        return torch.class.getResource(
                        "/org/bytedeco/pytorch/%s-gpu/%s".formatted(platform(), library))
                != null;
    }

    /** Version of libtorch and, behind the hyphen, of its binding. */
    static String version() {
        return Objects.requireNonNullElse(
                torch.class.getPackage().getImplementationVersion(), "unknown");
    }
}
