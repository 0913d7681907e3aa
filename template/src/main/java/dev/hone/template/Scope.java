package dev.hone.template;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The variables of one frame while it runs. */
final class Scope {

    private final @Nullable Scope parent;
    private final Names names;
    private final Map<String, Object> values;

    /** Enters a frame; see {@link Names.Start} for what its variables hold at first. */
    Scope(@Nullable Scope parent, Names names, Run run) {
        this.parent = parent;
        this.names = names;
        this.values = names.stored().isEmpty() ? Map.of() : new HashMap<>();
        for (Map.Entry<String, Names.Start> entry : names.stored().entrySet()) {
            values.put(entry.getKey(), start(entry.getKey(), entry.getValue(), run));
        }
    }

    private Object start(String name, Names.Start start, Run run) {
        if (start == Names.Start.PARAMETER) {
            return Missing.MISSING;
        }
        boolean outer = false;
        for (Scope scope = parent; scope != null; scope = scope.parent) {
            Object value = scope.values.get(name);
            if (value != null) {
                return value;
            }
            outer |= scope.names.loaded().contains(name);
        }
        Object value = start == Names.Start.CONTEXT || outer ? run.context(name) : null;
        return value == null ? Missing.MISSING : value;
    }

    /** The value of a variable, {@link Undefined} when it has none. */
    Object get(String name, Run run) {
        for (Scope scope = this; scope != null; scope = scope.parent) {
            Object value = scope.values.get(name);
            if (value != null) {
                return value == Missing.MISSING ? Undefined.variable(name) : value;
            }
        }
        Object value = run.context(name);
        return value == null ? Undefined.variable(name) : value;
    }

    /** The value assigned to {@code name} in this very frame, or null. */
    @Nullable Object assigned(String name) {
        Object value = values.get(name);
        return value == Missing.MISSING ? null : value;
    }

    /** Assigns a name that {@link Names} lists as stored. */
    void set(String name, Object value) {
        values.put(name, value);
    }
}
