package dev.hone.tensor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Owns the tensors made while it is the innermost open scope, and closes them with itself. {@link
 * #keep} hands a tensor out to the enclosing scope; from the outermost it goes to the caller, who
 * closes it. Scopes nest like blocks and are closed in reverse order.
 *
 * <pre>{@code
 * try (Scope scope = ops.scope()) {
 *     Tensor hidden = ops.matmul(x, weight);
 *     return scope.keep(ops.add(hidden, bias));
 * }
 * }</pre>
 */
public final class Scope implements AutoCloseable {
    private final Stack stack;
    private final @Nullable Scope parent;
    private final List<Tensor> tensors = new ArrayList<>();

    private Scope(Stack stack, @Nullable Scope parent) {
        this.stack = stack;
        this.parent = parent;
    }

    /** Moves {@code tensor} to the enclosing scope, and returns it. */
    public Tensor keep(Tensor tensor) {
        tensor.requireOpen();
        tensor.owner = null;
        if (parent != null) {
            parent.adopt(tensor);
        }
        return tensor;
    }

    private void adopt(Tensor tensor) {
        tensor.owner = this;
        tensors.add(tensor);
    }

    @Override
    public void close() {
        if (stack.innermost != this) {
            throw new IllegalStateException("scopes must be closed innermost first");
        }
        stack.innermost = parent;
        for (Tensor tensor : tensors) {
            if (tensor.owner == this) {
                tensor.close();
            }
        }
        tensors.clear();
    }

    /** The open scopes of one engine. */
    public static final class Stack {
        private @Nullable Scope innermost;

        /** Opens a scope inside the innermost one. */
        public Scope open() {
            innermost = new Scope(this, innermost);
            return innermost;
        }

        /** Puts a new tensor under the innermost scope, if one is open. */
        public <T extends Tensor> T register(T tensor) {
            if (innermost != null) {
                innermost.adopt(tensor);
            }
            return tensor;
        }
    }
}
