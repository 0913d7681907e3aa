package dev.hone.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The extents of a tensor, outermost first. Sizes are {@code long} and every product is checked for
 * overflow.
 */
public final class Shape {
    private final long[] dims;

    private Shape(long[] dims) {
        for (long dim : dims) {
            if (dim < 0) {
                throw new IllegalArgumentException(
                        "an extent is negative in shape " + Arrays.toString(dims));
            }
        }
        this.dims = dims;
    }

    /** A shape of these extents; none makes a scalar. */
    public static Shape of(long... dims) {
        return new Shape(dims.clone());
    }

    /** Number of extents. */
    public int rank() {
        return dims.length;
    }

    /** The extent at {@code axis}; a negative axis counts from the end. */
    public long dim(int axis) {
        return dims[axis < 0 ? dims.length + axis : axis];
    }

    /** A copy of the extents. */
    public long[] dims() {
        return dims.clone();
    }

    /** Number of elements. */
    public long elements() {
        long product = 1;
        for (long dim : dims) {
            product = Math.multiplyExact(product, dim);
        }
        return product;
    }

    /** Number of elements of one row, that is, of everything behind the first extent. */
    public long rowElements() {
        long product = 1;
        for (int i = 1; i < dims.length; i++) {
            product = Math.multiplyExact(product, dims[i]);
        }
        return product;
    }

    /** The same shape with the extent at {@code axis} replaced. */
    public Shape with(int axis, long extent) {
        long[] copy = dims.clone();
        copy[axis < 0 ? dims.length + axis : axis] = extent;
        return new Shape(copy);
    }

    /**
     * The shape of an elementwise result as NumPy defines it: extents align at the end, and where
     * they differ one of the two is 1.
     */
    public Shape broadcast(Shape other) {
        int rank = Math.max(rank(), other.rank());
        long[] result = new long[rank];
        for (int i = 1; i <= rank; i++) {
            long a = i <= rank() ? dim(-i) : 1;
            long b = i <= other.rank() ? other.dim(-i) : 1;
            if (a != b && a != 1 && b != 1) {
                throw new IllegalArgumentException(
                        "shapes " + this + " and " + other + " do not match");
            }
            result[rank - i] = a == 1 ? b : a;
        }
        return new Shape(result);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.stream(dims)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
