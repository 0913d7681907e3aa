package dev.hone.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * A library of C functions that return a status, loaded by its name from where the system looks.
 */
final class NativeLibrary {
    private final SymbolLookup symbols;

    private NativeLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /**
     * Opens a library for as long as {@code arena} lives.
     *
     * @throws IllegalArgumentException when there is no such library
     */
    static NativeLibrary open(String linux, String windows, Arena arena) {
        boolean onWindows = System.getProperty("os.name", "").startsWith("Windows");
        return new NativeLibrary(SymbolLookup.libraryLookup(onWindows ? windows : linux, arena));
    }

    /** A function of these parameters, to be called often. */
    MethodHandle function(String name, MemoryLayout... parameters) {
        return Linker.nativeLinker()
                .downcallHandle(
                        symbols.findOrThrow(name), FunctionDescriptor.of(JAVA_INT, parameters));
    }

    /** Calls a function of pointers, ints and longs; returns its status. */
    int call(String name, Object... arguments) {
        MemoryLayout[] layouts = new MemoryLayout[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            layouts[i] =
                    switch (arguments[i]) {
                        case MemorySegment _ -> ADDRESS;
                        case Long _ -> JAVA_LONG;
                        default -> JAVA_INT;
                    };
        }
        try {
            return (int) function(name, layouts).invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(name + " could not be called", e);
        }
    }
}
