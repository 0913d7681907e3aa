package dev.hone.tensor;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/**
 * What an engine must be able to do with tensors: allocate, view, copy, and the plain array
 * arithmetic that {@link ComposedKernels} and {@link Ops} are written in. One implementation
 * executes on libtorch, the other ({@link CountingPrimitives}) keeps the books only.
 *
 * <p>Every method that returns a tensor registers it with the innermost {@link Scope}. Elementwise
 * methods broadcast as NumPy does. Results have the dtype of the first argument unless said
 * otherwise; both arguments must agree in dtype. Nothing allocates but the result.
 */
public interface Primitives {

    Device device();

    Memory memory();

    Scope.Stack scopes();

    /** Returns when all work that was started is done; only then may a clock be read. */
    void finish();

    /** Gives up what the engine holds. */
    void close();

    // Making and moving

    /** A tensor with undefined content. */
    Tensor empty(DType dtype, Shape shape);

    /** A tensor with every element {@code value}. */
    Tensor full(DType dtype, Shape shape, double value);

    /** A copy of host bytes, little-endian and row-major. */
    Tensor upload(MemorySegment bytes, DType dtype, Shape shape);

    /** The same of bytes that are dear to make; an engine that computes nothing does not ask. */
    default Tensor upload(Supplier<MemorySegment> bytes, DType dtype, Shape shape) {
        return upload(bytes.get(), dtype, shape);
    }

    /** Copies a contiguous tensor's bytes into {@code into}, which has exactly that many. */
    void download(Tensor tensor, MemorySegment into);

    /** Copies {@code from} into {@code into}, converting the dtype and broadcasting the shape. */
    void copy(Tensor from, Tensor into);

    /** Sets every element. */
    void fill(Tensor tensor, double value);

    /** A contiguous copy in another dtype (or the same). */
    Tensor cast(Tensor tensor, DType dtype);

    // Host memory beside the device, and copies that go on while it computes

    /** Memory of the host with undefined content; on a card's engine the card reaches it itself. */
    HostBuffer hostBuffer(long bytes);

    /** The account of all host buffers. */
    Memory hostMemory();

    /**
     * Starts to overwrite a contiguous tensor by the bytes from {@code at} on. The copy begins when
     * everything started so far is done, and goes on while the device computes.
     */
    Transfer copyIn(HostBuffer from, long at, Tensor into);

    /** Starts to copy a contiguous tensor's bytes to {@code at} and behind, as {@link #copyIn}. */
    Transfer copyOut(Tensor from, HostBuffer into, long at);

    // Views: no bytes of their own

    /** Bytes from {@code from} on of a U8 tensor as elements of another dtype. */
    Tensor reinterpret(Tensor bytes, long from, DType dtype, Shape shape);

    /** The same elements in another shape; the tensor must be contiguous. */
    Tensor view(Tensor tensor, Shape shape);

    /** Entries {@code [from, to)} along {@code axis}. */
    Tensor slice(Tensor tensor, int axis, long from, long to);

    /** The tensor with its axes in this order. */
    Tensor permute(Tensor tensor, int... axes);

    // Arithmetic with a new result

    Tensor add(Tensor a, Tensor b);

    Tensor sub(Tensor a, Tensor b);

    Tensor mul(Tensor a, Tensor b);

    Tensor exp(Tensor a);

    Tensor log(Tensor a);

    Tensor rsqrt(Tensor a);

    Tensor sigmoid(Tensor a);

    Tensor tanh(Tensor a);

    /** Sum along {@code axis}, which stays with extent 1. */
    Tensor sum(Tensor a, int axis);

    /** Maximum along {@code axis}, which stays with extent 1. */
    Tensor max(Tensor a, int axis);

    /** Sum of numbers on the host, to the same bits whatever the device. */
    float sumOnHost(float[] values);

    // Arithmetic in place

    /** {@code a += scale · b}; {@code b} may have another floating dtype. */
    void addInPlace(Tensor a, Tensor b, double scale);

    void mulInPlace(Tensor a, Tensor b);

    /** {@code a = a · scale + shift}. */
    void affineInPlace(Tensor a, double scale, double shift);

    /** Square root of every element. */
    void sqrtInPlace(Tensor a);

    /** {@code a /= b}. */
    void divInPlace(Tensor a, Tensor b);

    /** −1, 0 or 1 by the sign of every element. */
    void signInPlace(Tensor a);

    /** Elements below {@code least} become that. */
    void clampMinInPlace(Tensor a, double least);

    /**
     * Rounds every element of an F32 tensor to one of its two neighbours in BF16: {@code bits},
     * from {@link #randomBits}, are added to its bits as whole numbers, and the lower half is
     * cleared.
     */
    void roundToBf16(Tensor a, Tensor bits);

    /**
     * Sets elements of the last two axes {@code [m, n]} where {@code column − row} is outside
     * {@code (low, high]}.
     */
    void fillOutsideBand(Tensor a, long low, long high, double value);

    // Matrix products

    /**
     * {@code a · b} of matrices {@code [m, k]·[k, n]} or batches {@code [b, m, k]·[b, k, n]}; views
     * with the last two axes swapped are taken as they are.
     */
    Tensor matmul(Tensor a, Tensor b);

    /** {@code into = beta · into + alpha · a·b}, all of one dtype. */
    void matmulInto(Tensor into, Tensor a, Tensor b, double beta, double alpha);

    /**
     * {@code into += scale · a·b} of matrices, {@code into} fp32 and wider than the factors: summed
     * in fp32 on a card, by way of a result in the factors' dtype on a processor.
     */
    void addProduct(Tensor into, Tensor a, Tensor b, double scale);

    // Indices (I64)

    /**
     * Rows {@code index[i]} of {@code table}, whose rows are whatever lies behind the first axis.
     */
    Tensor indexRows(Tensor table, Tensor index);

    /** {@code into[index[i]] += rows[i]}; rows that meet are added in order, same dtype. */
    void addRows(Tensor into, Tensor index, Tensor rows);

    /** {@code a[i, index[i]]} of a matrix, as {@code [N, 1]}. */
    Tensor pick(Tensor a, Tensor index);

    /** {@code a[i, index[i]] += values[i]} for {@code values: [N, 1]}. */
    void addAt(Tensor a, Tensor index, Tensor values);

    /** Index of the largest element of each row of a matrix, as I64 {@code [N]}. */
    Tensor argmax(Tensor a);

    /** Of every element of a vector, the number of {@code bounds} below it; I64. Bounds ascend. */
    Tensor bucketize(Tensor a, Tensor bounds);

    /**
     * Whole numbers from 0 to 2¹⁶ − 1, as the bits of F32 elements: the upper halves of {@link
     * RandomBits}, of elements from the beginning of {@code firstRun} on.
     */
    Tensor randomBits(Shape shape, long seed, long firstRun);

    /** Ones with probability {@code keep}, else zeros; the same seed gives the same mask. */
    Tensor bernoulli(DType dtype, Shape shape, double keep, long seed);

    /** Standard normal numbers, the same for the same seed. */
    Tensor normal(DType dtype, Shape shape, long seed);

    /** Numbers spread evenly over [0, 1), the same for the same seed. */
    Tensor uniform(DType dtype, Shape shape, long seed);
}
