package dev.hone.tensor;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** The primitives on shapes alone; see {@link CountingOps}. */
final class CountingPrimitives implements Primitives {
    private final Device device;
    private final Memory memory = new Memory();
    private final Memory hostMemory = new Memory();
    private final Scope.Stack scopes = new Scope.Stack();
    private final Cost cost = new Cost();

    CountingPrimitives(Device device) {
        this.device = device;
    }

    Cost cost() {
        return cost;
    }

    /** A tensor without elements. */
    private static final class Paper extends Tensor {
        Paper(Memory memory, Device device, DType dtype, Shape shape) {
            super(memory, device, dtype, shape);
        }

        Paper(Tensor base, Shape shape) {
            this(base, base.dtype(), shape);
        }

        Paper(Tensor base, DType dtype, Shape shape) {
            super(base, dtype, shape);
        }

        @Override
        protected void release() {}
    }

    private Tensor alike(Tensor a, Shape shape) {
        Tensor result = empty(a.dtype(), shape);
        cost.moved(a, result);
        return result;
    }

    private Tensor alike(Tensor a) {
        return alike(a, a.shape());
    }

    private Tensor both(Tensor a, Tensor b) {
        Tensor result = empty(a.dtype(), a.shape().broadcast(b.shape()));
        cost.moved(a, b, result);
        return result;
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
    public void finish() {}

    @Override
    public void close() {}

    @Override
    public Tensor empty(DType dtype, Shape shape) {
        return scopes.register(new Paper(memory, device, dtype, shape));
    }

    @Override
    public Tensor full(DType dtype, Shape shape, double value) {
        Tensor result = empty(dtype, shape);
        cost.moved(result);
        return result;
    }

    @Override
    public Tensor upload(MemorySegment bytes, DType dtype, Shape shape) {
        return empty(dtype, shape);
    }

    @Override
    public Tensor upload(Supplier<MemorySegment> bytes, DType dtype, Shape shape) {
        return empty(dtype, shape);
    }

    @Override
    public void download(Tensor tensor, MemorySegment into) {
        into.fill((byte) 0);
    }

    @Override
    public void copy(Tensor from, Tensor into) {
        cost.moved(from, into);
    }

    @Override
    public void fill(Tensor tensor, double value) {
        cost.moved(tensor);
    }

    @Override
    public Tensor cast(Tensor tensor, DType dtype) {
        Tensor result = empty(dtype, tensor.shape());
        cost.moved(tensor, result);
        return result;
    }

    /** Host memory on paper, without any bytes. */
    private final class PaperBuffer implements HostBuffer {
        private final long bytes;
        private final Memory.Holding holding;
        private boolean closed;

        PaperBuffer(long bytes) {
            this.bytes = bytes;
            this.holding = hostMemory.hold(bytes);
        }

        @Override
        public MemorySegment memory() {
            throw new IllegalStateException("memory on paper has no bytes");
        }

        @Override
        public boolean real() {
            return false;
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                holding.close();
            }
        }
    }

    /** A copy on paper. */
    private static final class Done implements Transfer {
        @Override
        public void join() {}

        @Override
        public void await() {}
    }

    @Override
    public HostBuffer hostBuffer(long bytes) {
        return new PaperBuffer(bytes);
    }

    @Override
    public Memory hostMemory() {
        return hostMemory;
    }

    @Override
    public Transfer copyIn(HostBuffer from, long at, Tensor into) {
        cost.transferred(into.bytes());
        return new Done();
    }

    @Override
    public Transfer copyOut(Tensor from, HostBuffer into, long at) {
        cost.transferred(from.bytes());
        return new Done();
    }

    @Override
    public Tensor reinterpret(Tensor bytes, long from, DType dtype, Shape shape) {
        long length = Math.multiplyExact(shape.elements(), dtype.bytes());
        if (from < 0 || from + length > bytes.bytes()) {
            throw new IllegalArgumentException(
                    "%s %s at byte %d is not within %s".formatted(dtype, shape, from, bytes));
        }
        return scopes.register(new Paper(bytes, dtype, shape));
    }

    @Override
    public Tensor view(Tensor tensor, Shape shape) {
        if (shape.elements() != tensor.elements()) {
            throw new IllegalArgumentException(tensor + " cannot be viewed as " + shape);
        }
        return scopes.register(new Paper(tensor, shape));
    }

    @Override
    public Tensor slice(Tensor tensor, int axis, long from, long to) {
        if (from < 0 || from > to || to > tensor.dim(axis)) {
            throw new IllegalArgumentException(
                    "[%d, %d) is outside axis %d of %s".formatted(from, to, axis, tensor));
        }
        return scopes.register(new Paper(tensor, tensor.shape().with(axis, to - from)));
    }

    @Override
    public Tensor permute(Tensor tensor, int... axes) {
        long[] dims = new long[axes.length];
        for (int i = 0; i < axes.length; i++) {
            dims[i] = tensor.dim(axes[i]);
        }
        return scopes.register(new Paper(tensor, Shape.of(dims)));
    }

    @Override
    public Tensor add(Tensor a, Tensor b) {
        return both(a, b);
    }

    @Override
    public Tensor sub(Tensor a, Tensor b) {
        return both(a, b);
    }

    @Override
    public Tensor mul(Tensor a, Tensor b) {
        return both(a, b);
    }

    @Override
    public Tensor exp(Tensor a) {
        return alike(a);
    }

    @Override
    public Tensor log(Tensor a) {
        return alike(a);
    }

    @Override
    public Tensor rsqrt(Tensor a) {
        return alike(a);
    }

    @Override
    public Tensor sigmoid(Tensor a) {
        return alike(a);
    }

    @Override
    public Tensor tanh(Tensor a) {
        return alike(a);
    }

    @Override
    public Tensor sum(Tensor a, int axis) {
        return alike(a, a.shape().with(axis, 1));
    }

    @Override
    public Tensor max(Tensor a, int axis) {
        return alike(a, a.shape().with(axis, 1));
    }

    @Override
    public float sumOnHost(float[] values) {
        return 0;
    }

    @Override
    public void addInPlace(Tensor a, Tensor b, double scale) {
        cost.moved(a, a, b);
    }

    @Override
    public void mulInPlace(Tensor a, Tensor b) {
        cost.moved(a, a, b);
    }

    @Override
    public void affineInPlace(Tensor a, double scale, double shift) {
        cost.moved(a, a);
    }

    @Override
    public void sqrtInPlace(Tensor a) {
        cost.moved(a, a);
    }

    @Override
    public void divInPlace(Tensor a, Tensor b) {
        cost.moved(a, a, b);
    }

    @Override
    public void signInPlace(Tensor a) {
        cost.moved(a, a);
    }

    @Override
    public void clampMinInPlace(Tensor a, double least) {
        cost.moved(a, a);
    }

    @Override
    public void roundToBf16(Tensor a, Tensor bits) {
        cost.moved(a, a, bits);
    }

    @Override
    public void fillOutsideBand(Tensor a, long low, long high, double value) {
        cost.moved(a, a);
    }

    @Override
    public Tensor matmul(Tensor a, Tensor b) {
        product(a, b);
        Tensor result = empty(a.dtype(), a.shape().with(-1, b.dim(-1)));
        cost.moved(a, b, result);
        return result;
    }

    @Override
    public void matmulInto(Tensor into, Tensor a, Tensor b, double beta, double alpha) {
        product(a, b);
        cost.moved(a, b, into);
    }

    @Override
    public void addProduct(Tensor into, Tensor a, Tensor b, double scale) {
        if (device.kind() == Device.Kind.CPU) {
            try (Scope _ = scopes.open()) {
                addInPlace(into, matmul(a, b), scale);
            }
            return;
        }
        product(a, b);
        cost.moved(a, b, into, into);
    }

    private void product(Tensor a, Tensor b) {
        if (a.dim(-1) != b.dim(-2)) {
            throw new IllegalArgumentException(a + " cannot be multiplied by " + b);
        }
        long batches = a.shape().rank() == 3 ? a.dim(0) : 1;
        cost.product(batches, a.dim(-2), b.dim(-1), a.dim(-1));
    }

    @Override
    public Tensor indexRows(Tensor table, Tensor index) {
        Tensor result = empty(table.dtype(), table.shape().with(0, index.dim(0)));
        cost.moved(result, result, index);
        return result;
    }

    @Override
    public void addRows(Tensor into, Tensor index, Tensor rows) {
        cost.moved(rows, rows, rows, index);
    }

    @Override
    public Tensor pick(Tensor a, Tensor index) {
        cost.moved(index);
        return empty(a.dtype(), Shape.of(a.dim(0), 1));
    }

    @Override
    public void addAt(Tensor a, Tensor index, Tensor values) {
        cost.moved(index, values, values);
    }

    @Override
    public Tensor argmax(Tensor a) {
        cost.moved(a);
        return empty(DType.I64, Shape.of(a.dim(0)));
    }

    @Override
    public Tensor bucketize(Tensor a, Tensor bounds) {
        Tensor result = empty(DType.I64, a.shape());
        cost.moved(a, result);
        return result;
    }

    @Override
    public Tensor randomBits(Shape shape, long seed, long firstRun) {
        return full(DType.F32, shape, 0);
    }

    @Override
    public Tensor bernoulli(DType dtype, Shape shape, double keep, long seed) {
        return full(dtype, shape, 0);
    }

    @Override
    public Tensor normal(DType dtype, Shape shape, long seed) {
        return full(dtype, shape, 0);
    }

    @Override
    public Tensor uniform(DType dtype, Shape shape, long seed) {
        return full(dtype, shape, 0);
    }
}
