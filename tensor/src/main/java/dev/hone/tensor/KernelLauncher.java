package dev.hone.tensor;

import java.util.List;

/**
 * Starts kernels of a card's own language by name: on the card, or on paper. A name has the element
 * type behind it where a kernel exists for several, such as {@code rope_bf16}.
 */
public interface KernelLauncher {

    /** One argument, in the order of the kernel's parameters. */
    sealed interface Argument {

        /** A tensor that is read. */
        record In(Tensor tensor) implements Argument {}

        /** A tensor that is overwritten. */
        record Out(Tensor tensor) implements Argument {}

        /** A tensor that is read and written. */
        record InOut(Tensor tensor) implements Argument {}

        /** A tensor of which so many bytes are read or written. */
        record Some(Tensor tensor, long bytes) implements Argument {}

        /**
         * A table with the addresses of other tensors.
         *
         * @param read of them
         * @param written of them
         */
        record Through(Tensor table, List<Tensor> read, List<Tensor> written) implements Argument {}

        /** A pointer to nothing. */
        record None() implements Argument {}

        /** A number of 32 bits. */
        record Int32(int value) implements Argument {}

        /** A number of 64 bits. */
        record Int64(long value) implements Argument {}

        /** An fp32 number. */
        record Float32(float value) implements Argument {}
    }

    /** Where a tensor's elements are on the card, for a table. */
    long address(Tensor tensor);

    /**
     * Starts {@code blocks} blocks of {@code threads} threads; returns before they are done.
     *
     * @param threads a multiple of 32, at most 1024
     */
    void launch(String kernel, long blocks, int threads, Argument... arguments);
}
