package dev.hone.template;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one rendering knows and has used up so far. */
final class Run {

    private final Limits limits;
    private final Clock clock;
    private final Map<String, Object> variables;
    private final Deque<String> captured = new ArrayDeque<>();
    private @Nullable Scope root;
    private Place place = new Place(1, 1);
    private long work;
    private int depth;

    Run(Limits limits, Clock clock, Map<String, Object> variables) {
        this.limits = limits;
        this.clock = clock;
        this.variables = variables;
    }

    Clock clock() {
        return clock;
    }

    Limits limits() {
        return limits;
    }

    /** The texts that open filter and set blocks have rendered, innermost first. */
    Deque<String> captured() {
        return captured;
    }

    /** Says where the work is now; a {@link Problem} is reported there. */
    void at(Place now) {
        place = now;
    }

    Place place() {
        return place;
    }

    void root(Scope scope) {
        root = scope;
    }

    /**
     * A variable that no frame around holds: what the template assigned at its top, what render was
     * given, or a global.
     */
    @Nullable Object context(String name) {
        Object assigned = root == null ? null : root.assigned(name);
        if (assigned != null) {
            return assigned;
        }
        Object given = variables.get(name);
        return given == null ? Globals.find(name) : given;
    }

    /** Takes {@code units} from what this run may do. */
    void charge(long units) {
        work += units;
        if (work > limits.maxWork()) {
            throw new Problem(
                    "the template did more than %d units of work; it may loop for ever, or needs a higher Limits.maxWork"
                            .formatted(limits.maxWork()));
        }
    }

    /** Charges for looking at {@code text} once. */
    void touched(String text) {
        charge(1 + text.length() / 16);
    }

    /** Charges for a new text. */
    String created(String text) {
        charge(text.length());
        return text;
    }

    /**
     * Charges for {@code count} times {@code size} new elements or characters before they exist.
     */
    void willCreate(long count, long size) {
        charge(
                count <= 0 || size <= 0
                        ? 0
                        : Math.min(limits.maxWork(), count) * Math.min(limits.maxWork(), size));
    }

    /** Goes one level deeper into nested expressions, statements or values. */
    void enter() {
        if (++depth > limits.maxDepth()) {
            throw new Problem(
                    "nested deeper than %d levels; a macro may call itself for ever"
                            .formatted(limits.maxDepth()));
        }
    }

    void leave() {
        depth--;
    }
}
