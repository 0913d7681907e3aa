package dev.hone.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The {@code loop} variable, which is also what goes through the loop's items. */
final class LoopState implements Invocable {

    private final Object iterable;
    private final @Nullable UnaryOperator<Object> recurse;
    private final long depth;
    private final Run run;
    private Iterator<Object> items;
    private int index = -1;
    private int length = -1;
    private Object before = Missing.MISSING;
    private Object current = Missing.MISSING;
    private Object after = Missing.MISSING;
    private @Nullable Object lastChanged;

    /**
     * A loop over {@code iterable}.
     *
     * @param depth levels of recursion above this loop
     * @param recurse renders the loop's body over other items, or null when it is not recursive
     */
    LoopState(Object iterable, long depth, @Nullable UnaryOperator<Object> recurse, Run run) {
        this.iterable = iterable;
        this.depth = depth;
        this.recurse = recurse;
        this.run = run;
        this.items = Types.iterate(iterable, run);
    }

    /** Moves to the next item; false when there is none. */
    boolean advance() {
        Object next = peek();
        if (next == Missing.MISSING) {
            return false;
        }
        after = Missing.MISSING;
        before = current;
        current = next;
        index++;
        return true;
    }

    private Object peek() {
        if (after == Missing.MISSING && items.hasNext()) {
            after = items.next();
        }
        return after;
    }

    Object item() {
        return current;
    }

    /** The number of items; what has none in advance is read to its end for it. */
    int length() {
        if (length < 0) {
            length = Types.lengthOrNone(iterable, run);
        }
        if (length < 0) {
            List<Object> rest = new ArrayList<>();
            items.forEachRemaining(rest::add);
            items = rest.iterator();
            length = rest.size() + index + 1 + (after == Missing.MISSING ? 0 : 1);
        }
        return length;
    }

    /** The attribute {@code name} of {@code loop}, or null. */
    @Nullable Object attribute(String name) {
        return switch (name) {
            case "index" -> index + 1L;
            case "index0" -> (long) index;
            case "revindex" -> length() - (long) index;
            case "revindex0" -> length() - index - 1L;
            case "first" -> index == 0;
            case "last" -> peek() == Missing.MISSING;
            case "length" -> (long) length();
            case "depth" -> depth + 1;
            case "depth0" -> depth;
            case "previtem" -> index == 0 ? new Undefined("there is no previous item") : before;
            case "nextitem" ->
                    peek() == Missing.MISSING ? new Undefined("there is no next item") : after;
            case "cycle" -> new Builtin(name, (args, _) -> cycle(args));
            case "changed" -> new Builtin(name, (args, _) -> changed(args));
            default -> null;
        };
    }

    private Object cycle(Args args) {
        if (args.positional().isEmpty()) {
            throw new Problem("no items for cycling given");
        }
        return args.positional().get(index % args.positional().size());
    }

    private Object changed(Args args) {
        Tuple now = Tuple.of(args.positional());
        boolean changed = lastChanged == null || !Comparison.equal(lastChanged, now, run);
        lastChanged = now;
        return changed;
    }

    @Override
    public Object call(Args args, Run run) {
        Object inner = args.bind("loop", 1, "iterable").get(0);
        if (recurse == null) {
            throw new Problem(
                    "The loop must have the 'recursive' marker to be called recursively.");
        }
        return recurse.apply(inner);
    }

    @Override
    public String typeName() {
        return "LoopContext";
    }

    @Override
    public String describe() {
        return "<LoopContext %d/%d>".formatted(index + 1, length());
    }
}
