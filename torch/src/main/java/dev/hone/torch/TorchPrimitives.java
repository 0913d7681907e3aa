package dev.hone.torch;

import static org.bytedeco.pytorch.global.torch.add_out;
import static org.bytedeco.pytorch.global.torch.addmm_out;
import static org.bytedeco.pytorch.global.torch.amax_out;
import static org.bytedeco.pytorch.global.torch.argmax_out;
import static org.bytedeco.pytorch.global.torch.baddbmm_out;
import static org.bytedeco.pytorch.global.torch.bmm_out;
import static org.bytedeco.pytorch.global.torch.bucketize_out;
import static org.bytedeco.pytorch.global.torch.exp_out;
import static org.bytedeco.pytorch.global.torch.from_blob;
import static org.bytedeco.pytorch.global.torch.gather_out;
import static org.bytedeco.pytorch.global.torch.index_select_out;
import static org.bytedeco.pytorch.global.torch.log_out;
import static org.bytedeco.pytorch.global.torch.mm_out;
import static org.bytedeco.pytorch.global.torch.mul_out;
import static org.bytedeco.pytorch.global.torch.rsqrt_out;
import static org.bytedeco.pytorch.global.torch.sigmoid_out;
import static org.bytedeco.pytorch.global.torch.sub_out;
import static org.bytedeco.pytorch.global.torch.sum_out;
import static org.bytedeco.pytorch.global.torch.tanh_out;

import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.tensor.HostBuffer;
import dev.hone.tensor.Memory;
import dev.hone.tensor.OutOfDeviceMemoryException;
import dev.hone.tensor.Primitives;
import dev.hone.tensor.RandomBits;
import dev.hone.tensor.Scope;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Transfer;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * The primitives on libtorch, on the CPU or one CUDA card.
 *
 * <p>Every result is allocated first, contiguous, and then written by an operation's {@code out}
 * form, or adopted as libtorch made it, so nothing is allocated that {@link Memory} does not know
 * of, but for the buffer oneDNN packs a bf16 product's operands into: under 1 MiB a thread, for as
 * long as the product takes. Gradients are never recorded: no tensor made here asks for one. All
 * work is the constructing thread's; libtorch keeps its number of threads, its streams and its
 * modes by thread.
 */
final class TorchPrimitives implements Primitives {
    private final Device device;
    private final Memory memory = new Memory();
    private final Memory hostMemory = new Memory();
    private final Scope.Stack scopes = new Scope.Stack();
    private final Thread owner = Thread.currentThread();
    private final Allocations allocations;
    private final MixedSum mixedSum;
    private final Generator generator;
    private final GeneratorOptional generatorOptional;
    private final ScalarTypeOptional sameType = new ScalarTypeOptional();
    private final LongOptional lastAxis = new LongOptional(-1);
    private final Scalar zero = new Scalar(0.0);
    private final Scalar one = new Scalar(1.0);
    private final @Nullable CudaDriver driver;
    private final Transfers transfers;

    /** On the processor. */
    TorchPrimitives() {
        this(Device.CPU, null);
    }

    /** On a card. */
    TorchPrimitives(int card, CudaDriver driver) {
        this(Device.cuda(card), driver);
    }

    private TorchPrimitives(Device device, @Nullable CudaDriver driver) {
        if (owner.isVirtual()) {
            throw new IllegalStateException(
                    "an engine needs a platform thread, found the virtual thread \"%s\""
                            .formatted(owner.getName()));
        }
        this.device = device;
        this.driver = driver;
        this.transfers = driver == null ? new HostTransfers() : new CudaTransfers(driver);
        this.allocations = new Allocations(device);
        this.mixedSum = new MixedSum(allocations);
        this.generator = allocations.generator();
        this.generatorOptional = new GeneratorOptional(generator);
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public Memory memory() {
        return memory;
    }

    @Override
    public Scope.Stack scopes() {
        return scopes;
    }

    @Override
    public void finish() {
        if (driver != null) {
            driver.finish(CudaDriver.DEFAULT_STREAM);
        }
    }

    @Override
    public void close() {
        requireOwner();
        transfers.close();
        zero.close();
        one.close();
        lastAxis.close();
        sameType.close();
        generatorOptional.close();
        generator.close();
        mixedSum.close();
        allocations.close();
    }

    // Calling libtorch

    private void requireOwner() {
        if (!Thread.currentThread().equals(owner)) {
            throw new IllegalStateException(
                    "this engine belongs to thread \"%s\", but thread \"%s\" called it: hand the work over"
                            .formatted(owner.getName(), Thread.currentThread().getName()));
        }
    }

    private <T> T call(Supplier<T> work) {
        requireOwner();
        try {
            return work.get();
        } catch (TorchException
                | OutOfDeviceMemoryException
                | IllegalStateException
                | IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            throw TorchFailure.of(e, device, memory);
        }
    }

    void run(Runnable work) {
        call(() -> {
            work.run();
            return true;
        });
    }

    /** Writes a new tensor; one that could not be written is closed again. */
    private Tensor fresh(DType dtype, Shape shape, java.util.function.Consumer<TorchTensor> write) {
        return call(() -> {
            TorchTensor result =
                    new TorchTensor(memory, device, dtype, shape, allocations.empty(dtype, shape));
            try {
                write.accept(result);
            } catch (RuntimeException e) {
                result.close();
                throw e;
            }
            return scopes.register(result);
        });
    }

    /** Takes over a tensor that libtorch has allocated by itself. */
    Tensor adopt(org.bytedeco.pytorch.Tensor handle, DType dtype, Shape shape) {
        return scopes.register(new TorchTensor(memory, device, dtype, shape, handle));
    }

    private Tensor viewed(
            Tensor base, Shape shape, Supplier<org.bytedeco.pytorch.Tensor> makeHandle) {
        return viewed(base, base.dtype(), shape, makeHandle);
    }

    private Tensor viewed(
            Tensor base,
            DType dtype,
            Shape shape,
            Supplier<org.bytedeco.pytorch.Tensor> makeHandle) {
        return call(() ->
                scopes.register(
                        new TorchTensor((TorchTensor) base, dtype, shape, makeHandle.get())));
    }

    private static org.bytedeco.pytorch.Tensor h(Tensor tensor) {
        return ((TorchTensor) tensor).handle();
    }

    private static void requireSameType(Tensor a, Tensor b) {
        if (a.dtype() != b.dtype()) {
            throw new IllegalArgumentException(
                    "dtypes differ: " + a + " and " + b + "; cast one of them first");
        }
    }

    // Making and moving

    @Override
    public Tensor empty(DType dtype, Shape shape) {
        return fresh(dtype, shape, _ -> {});
    }

    @Override
    public Tensor full(DType dtype, Shape shape, double value) {
        return fresh(dtype, shape, out -> set(out, value));
    }

    @Override
    public Tensor upload(MemorySegment bytes, DType dtype, Shape shape) {
        return fresh(dtype, shape, out -> HostCopy.write(bytes, out, driver));
    }

    @Override
    public void download(Tensor tensor, MemorySegment into) {
        run(() -> HostCopy.read((TorchTensor) tensor, into, driver));
    }

    @Override
    public void copy(Tensor from, Tensor into) {
        run(() -> h(into).copy_(h(from)));
    }

    @Override
    public void fill(Tensor tensor, double value) {
        run(() -> set(tensor, value));
    }

    private void set(Tensor tensor, double value) {
        if (value == 0) {
            h(tensor).zero_();
        } else {
            try (Scalar scalar = new Scalar(value)) {
                h(tensor).fill_(scalar);
            }
        }
    }

    @Override
    public Tensor cast(Tensor tensor, DType dtype) {
        return fresh(dtype, tensor.shape(), out -> out.handle().copy_(h(tensor)));
    }

    // Host memory beside the device

    @Override
    public HostBuffer hostBuffer(long bytes) {
        requireOwner();
        return new TorchHostBuffer(bytes, hostMemory, driver);
    }

    @Override
    public Memory hostMemory() {
        return hostMemory;
    }

    @Override
    public Transfer copyIn(HostBuffer from, long at, Tensor into) {
        MemorySegment bytes = from.memory().asSlice(at, into.bytes());
        return call(() -> transfers.copyIn(bytes, (TorchTensor) into));
    }

    @Override
    public Transfer copyOut(Tensor from, HostBuffer into, long at) {
        MemorySegment bytes = into.memory().asSlice(at, from.bytes());
        return call(() -> transfers.copyOut((TorchTensor) from, bytes));
    }

    @Override
    public Tensor reinterpret(Tensor bytes, long from, DType dtype, Shape shape) {
        long length = Math.multiplyExact(shape.elements(), dtype.bytes());
        return viewed(
                bytes,
                dtype,
                shape,
                () -> {
                    try (org.bytedeco.pytorch.Tensor part = h(bytes).narrow(0, from, length);
                            org.bytedeco.pytorch.Tensor typed =
                                    part.view(Allocations.scalarType(dtype))) {
                        return typed.view(shape.dims());
                    }
                });
    }

    // Views

    @Override
    public Tensor view(Tensor tensor, Shape shape) {
        if (shape.elements() != tensor.elements()) {
            throw new IllegalArgumentException(tensor + " cannot be viewed as " + shape);
        }
        return viewed(tensor, shape, () -> h(tensor).view(shape.dims()));
    }

    @Override
    public Tensor slice(Tensor tensor, int axis, long from, long to) {
        if (from < 0 || from > to || to > tensor.dim(axis)) {
            throw new IllegalArgumentException(
                    "[%d, %d) is outside axis %d of %s".formatted(from, to, axis, tensor));
        }
        return viewed(
                tensor,
                tensor.shape().with(axis, to - from),
                () -> h(tensor).narrow(axis, from, to - from));
    }

    @Override
    public Tensor permute(Tensor tensor, int... axes) {
        long[] order = new long[axes.length];
        long[] dims = new long[axes.length];
        for (int i = 0; i < axes.length; i++) {
            order[i] = axes[i];
            dims[i] = tensor.dim(axes[i]);
        }
        return viewed(tensor, Shape.of(dims), () -> h(tensor).permute(order));
    }

    // Arithmetic with a new result

    private interface Unary {
        void apply(org.bytedeco.pytorch.Tensor out, org.bytedeco.pytorch.Tensor a);
    }

    private interface Binary {
        void apply(
                org.bytedeco.pytorch.Tensor out,
                org.bytedeco.pytorch.Tensor a,
                org.bytedeco.pytorch.Tensor b);
    }

    private Tensor unary(Tensor a, Unary operation) {
        return fresh(a.dtype(), a.shape(), out -> operation.apply(out.handle(), h(a)));
    }

    private Tensor binary(Tensor a, Tensor b, Binary operation) {
        requireSameType(a, b);
        return fresh(
                a.dtype(),
                a.shape().broadcast(b.shape()),
                out -> operation.apply(out.handle(), h(a), h(b)));
    }

    @Override
    public Tensor add(Tensor a, Tensor b) {
        return binary(a, b, (out, x, y) -> add_out(out, x, y));
    }

    @Override
    public Tensor sub(Tensor a, Tensor b) {
        return binary(a, b, (out, x, y) -> sub_out(out, x, y));
    }

    @Override
    public Tensor mul(Tensor a, Tensor b) {
        return binary(a, b, (out, x, y) -> mul_out(out, x, y));
    }

    @Override
    public Tensor exp(Tensor a) {
        return unary(a, (out, x) -> exp_out(out, x));
    }

    @Override
    public Tensor log(Tensor a) {
        return unary(a, (out, x) -> log_out(out, x));
    }

    @Override
    public Tensor rsqrt(Tensor a) {
        return unary(a, (out, x) -> rsqrt_out(out, x));
    }

    @Override
    public Tensor sigmoid(Tensor a) {
        return unary(a, (out, x) -> sigmoid_out(out, x));
    }

    @Override
    public Tensor tanh(Tensor a) {
        return unary(a, (out, x) -> tanh_out(out, x));
    }

    @Override
    public Tensor sum(Tensor a, int axis) {
        return fresh(
                a.dtype(),
                a.shape().with(axis, 1),
                out -> sum_out(out.handle(), h(a), new long[] {axis}, true, sameType));
    }

    @Override
    public Tensor max(Tensor a, int axis) {
        return fresh(
                a.dtype(),
                a.shape().with(axis, 1),
                out -> amax_out(out.handle(), h(a), new long[] {axis}, true));
    }

    @Override
    public float sumOnHost(float[] values) {
        return call(() -> {
            int threads = torch.get_num_threads();
            torch.set_num_threads(1); // several would split long sums
            try (org.bytedeco.javacpp.FloatPointer numbers =
                            new org.bytedeco.javacpp.FloatPointer(values);
                    org.bytedeco.pytorch.Tensor tensor =
                            from_blob(numbers, new long[] {values.length});
                    org.bytedeco.pytorch.Tensor sum = tensor.sum()) {
                return sum.item_float();
            } finally {
                torch.set_num_threads(threads);
            }
        });
    }

    // Arithmetic in place

    @Override
    public void addInPlace(Tensor a, Tensor b, double scale) {
        run(() -> {
            try (Scalar alpha = new Scalar(scale)) {
                if (a.dtype() == b.dtype() || driver != null) {
                    h(a).add_(h(b), alpha);
                } else {
                    mixedSum.add(h(a), h(b), alpha);
                }
            }
        });
    }

    @Override
    public void mulInPlace(Tensor a, Tensor b) {
        requireSameType(a, b);
        run(() -> h(a).mul_(h(b)));
    }

    @Override
    public void affineInPlace(Tensor a, double scale, double shift) {
        run(() -> {
            if (scale != 1) {
                try (Scalar factor = new Scalar(scale)) {
                    h(a).mul_(factor);
                }
            }
            if (shift != 0) {
                try (Scalar addend = new Scalar(shift)) {
                    h(a).add_(addend);
                }
            }
        });
    }

    @Override
    public void sqrtInPlace(Tensor a) {
        run(() -> h(a).sqrt_());
    }

    @Override
    public void divInPlace(Tensor a, Tensor b) {
        requireSameType(a, b);
        run(() -> h(a).div_(h(b)));
    }

    @Override
    public void signInPlace(Tensor a) {
        run(() -> h(a).sign_());
    }

    @Override
    public void clampMinInPlace(Tensor a, double least) {
        run(() -> {
            try (Scalar scalar = new Scalar(least)) {
                h(a).clamp_min_(scalar);
            }
        });
    }

    @Override
    public void roundToBf16(Tensor a, Tensor bits) {
        requireSameType(a, bits);
        run(() -> {
            try (org.bytedeco.pytorch.Tensor whole = h(a).view(ScalarType.Int);
                    org.bytedeco.pytorch.Tensor addend = h(bits).view(ScalarType.Int);
                    Scalar upperHalf = new Scalar(0xffff0000)) {
                whole.add_(addend);
                whole.bitwise_and_(upperHalf);
            }
        });
    }

    @Override
    public void fillOutsideBand(Tensor a, long low, long high, double value) {
        long columns = a.dim(-1);
        run(() -> {
            try (Scalar scalar = new Scalar(value)) {
                for (long row = 0; row < a.dim(-2); row++) {
                    long from = low == Long.MIN_VALUE ? 0 : row + low + 1;
                    long first = Math.clamp(from, 0, columns);
                    long last = Math.clamp(row + high + 1, first, columns);
                    fillRow(h(a), row, 0, first, scalar);
                    fillRow(h(a), row, last, columns, scalar);
                }
            }
        });
    }

    private static void fillRow(
            org.bytedeco.pytorch.Tensor a, long row, long from, long to, Scalar value) {
        if (from < to) {
            try (org.bytedeco.pytorch.Tensor one = a.narrow(-2, row, 1);
                    org.bytedeco.pytorch.Tensor part = one.narrow(-1, from, to - from)) {
                part.fill_(value);
            }
        }
    }

    // Matrix products

    @Override
    public Tensor matmul(Tensor a, Tensor b) {
        requireSameType(a, b);
        if (a.dim(-1) != b.dim(-2)) {
            throw new IllegalArgumentException(a + " cannot be multiplied by " + b);
        }
        return fresh(a.dtype(), a.shape().with(-1, b.dim(-1)), out -> multiply(out.handle(), a, b));
    }

    private static void multiply(org.bytedeco.pytorch.Tensor out, Tensor a, Tensor b) {
        if (a.shape().rank() == 2) {
            mm_out(out, h(a), h(b));
        } else {
            bmm_out(out, h(a), h(b));
        }
    }

    @Override
    public void matmulInto(Tensor into, Tensor a, Tensor b, double beta, double alpha) {
        requireSameType(a, b);
        requireSameType(into, a);
        run(() -> {
            if (beta == 0 && alpha == 1) {
                multiply(h(into), a, b);
                return;
            }
            try (Scalar keep = new Scalar(beta);
                    Scalar scale = new Scalar(alpha)) {
                if (a.shape().rank() == 2) {
                    addmm_out(h(into), h(into), h(a), h(b), keep, scale);
                } else {
                    baddbmm_out(h(into), h(into), h(a), h(b), keep, scale);
                }
            }
        });
    }

    @Override
    public void addProduct(Tensor into, Tensor a, Tensor b, double scale) {
        requireSameType(a, b);
        if (driver == null) {
            try (Scope _ = scopes.open()) {
                addInPlace(into, matmul(a, b), scale);
            }
            return;
        }
        run(() -> {
            try (Scalar factor = new Scalar(scale)) {
                addmm_out(h(into), h(into), h(a), h(b), ScalarType.Float, one, factor);
            }
        });
    }

    // Indices

    @Override
    public Tensor indexRows(Tensor table, Tensor index) {
        return fresh(
                table.dtype(),
                table.shape().with(0, index.dim(0)),
                out -> index_select_out(out.handle(), h(table), 0, h(index)));
    }

    @Override
    public void addRows(Tensor into, Tensor index, Tensor rows) {
        requireSameType(into, rows);
        run(() -> h(into).index_add_(0, h(index), h(rows)));
    }

    @Override
    public Tensor pick(Tensor a, Tensor index) {
        return fresh(
                a.dtype(),
                Shape.of(a.dim(0), 1),
                out -> {
                    try (org.bytedeco.pytorch.Tensor column = h(index).view(-1, 1)) {
                        gather_out(out.handle(), h(a), 1, column);
                    }
                });
    }

    @Override
    public void addAt(Tensor a, Tensor index, Tensor values) {
        requireSameType(a, values);
        if (a.dtype() == DType.BF16) {
            throw new IllegalArgumentException(
                    "addAt needs F32 or F64, found " + a + ": libtorch would widen all of it");
        }
        run(() -> {
            try (org.bytedeco.pytorch.Tensor column = h(index).view(-1, 1)) {
                h(a).scatter_add_(1, column, h(values));
            }
        });
    }

    @Override
    public Tensor argmax(Tensor a) {
        return fresh(
                DType.I64,
                Shape.of(a.dim(0)),
                out -> argmax_out(out.handle(), h(a), lastAxis, false));
    }

    @Override
    public Tensor bucketize(Tensor a, Tensor bounds) {
        requireSameType(a, bounds);
        return fresh(
                DType.I64,
                a.shape(),
                out -> bucketize_out(out.handle(), h(a), h(bounds), false, false));
    }

    // Random numbers

    @Override
    public Tensor randomBits(Shape shape, long seed, long firstRun) {
        int[] bits = new int[Math.toIntExact(shape.elements())];
        IntStream.range(0, Math.ceilDiv(bits.length, RandomBits.RUN))
                .parallel()
                .forEach(run -> {
                    long key = RandomBits.key(seed, firstRun + run);
                    int start = run * RandomBits.RUN;
                    int end = Math.min(bits.length, start + RandomBits.RUN);
                    for (int i = start; i < end; i++) {
                        bits[i] = RandomBits.bits(key, i - start) >>> 16;
                    }
                });
        return fresh(
                DType.F32, shape, out -> HostCopy.write(MemorySegment.ofArray(bits), out, driver));
    }

    @Override
    public Tensor bernoulli(DType dtype, Shape shape, double keep, long seed) {
        return fresh(
                dtype,
                shape,
                out -> {
                    generator.set_current_seed(seed);
                    out.handle().bernoulli_(keep, generatorOptional);
                });
    }

    @Override
    public Tensor normal(DType dtype, Shape shape, long seed) {
        return fresh(
                dtype,
                shape,
                out -> {
                    generator.set_current_seed(seed);
                    out.handle().normal_(0, 1, generatorOptional);
                });
    }

    @Override
    public Tensor uniform(DType dtype, Shape shape, long seed) {
        return fresh(
                dtype,
                shape,
                out -> {
                    generator.set_current_seed(seed);
                    out.handle().uniform_(0, 1, generatorOptional);
                });
    }
}
