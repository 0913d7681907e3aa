package dev.hone.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.hone.tensor.KernelLauncher.Argument;
import dev.hone.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The arguments of a kernel as a list of pointers, in memory that is used anew each time. */
final class KernelArguments {
    private static final int MOST = 32;

    private final MemorySegment values;
    private final MemorySegment pointers;

    KernelArguments(Arena arena) {
        values = arena.allocate(JAVA_LONG, MOST);
        pointers = arena.allocate(ADDRESS, MOST);
        for (int i = 0; i < MOST; i++) {
            pointers.setAtIndex(ADDRESS, i, values.asSlice((long) i * Long.BYTES));
        }
    }

    /** A pointer to each argument, until the next call. */
    MemorySegment of(Argument... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            long at = (long) i * Long.BYTES;
            switch (arguments[i]) {
                case Argument.In(Tensor tensor) -> values.set(JAVA_LONG, at, address(tensor));
                case Argument.Out(Tensor tensor) -> values.set(JAVA_LONG, at, address(tensor));
                case Argument.InOut(Tensor tensor) -> values.set(JAVA_LONG, at, address(tensor));
                case Argument.Some(Tensor tensor, _) -> values.set(JAVA_LONG, at, address(tensor));
                case Argument.Through(Tensor table, _, _) ->
                        values.set(JAVA_LONG, at, address(table));
                case Argument.None() -> values.set(JAVA_LONG, at, 0);
                case Argument.Int32(int value) -> values.set(JAVA_INT, at, value);
                case Argument.Int64(long value) -> values.set(JAVA_LONG, at, value);
                case Argument.Float32(float value) -> values.set(JAVA_FLOAT, at, value);
            }
        }
        return pointers;
    }

    static long address(Tensor tensor) {
        return ((TorchTensor) tensor).address();
    }
}
