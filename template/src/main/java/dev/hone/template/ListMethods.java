package dev.hone.template;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The methods of lists, and those of tuples and ranges, which are fewer. */
final class ListMethods {

    private static final Set<String> UNSAFE =
            Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

    private ListMethods() {}

    /** The method {@code name} of {@code list}, or null. */
    static @Nullable Object find(List<Object> list, String name) {
        if (UNSAFE.contains(name)) {
            return Undefined.unsafe(list, name);
        }
        return switch (name) {
            case "count" -> new Builtin(name, (args, run) -> count(list, args, run));
            case "index" -> new Builtin(name, (args, run) -> index(list, args, run));
            case "copy" ->
                    new Builtin(
                            name,
                            (args, run) -> {
                                args.bindPositional(name, 0);
                                return Types.toList(list, run);
                            });
            default -> null;
        };
    }

    private static Object count(List<Object> list, Args args, Run run) {
        Object wanted = args.bindPositional("count", 1, "value").get(0);
        return list.stream().filter(item -> Comparison.equal(item, wanted, run)).count();
    }

    private static Object index(List<Object> list, Args args, Run run) {
        Args.Bound bound = args.bindPositional("index", 1, "value", "start", "stop");
        int start = position(bound.integer(1, 0), list.size());
        int stop = position(bound.integer(2, list.size()), list.size());
        for (int i = start; i < stop; i++) {
            if (Comparison.equal(list.get(i), bound.get(0), run)) {
                return (long) i;
            }
        }
        throw new Problem(Repr.repr(bound.get(0), run) + " is not in list");
    }

    private static int position(int index, int size) {
        return Math.clamp(index < 0 ? index + (long) size : index, 0, size);
    }
}
