package dev.hone.template;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions that every template can call: Jinja's own and the two of transformers. */
final class Globals {

    private static final Map<String, Builtin> FUNCTIONS =
            Map.of(
                    "range", new Builtin("range", Globals::range),
                    "dict",
                            new Builtin(
                                    "dict", (args, run) -> DictMethods.create("dict", args, run)),
                    "namespace", new Builtin("namespace", Globals::namespace),
                    "cycler", new Builtin("cycler", (args, run) -> new Cycler(args.positional())),
                    "joiner", new Builtin("joiner", Globals::joiner),
                    "lipsum", new Builtin("lipsum", Globals::lipsum),
                    "raise_exception", new Builtin("raise_exception", Globals::raise),
                    "strftime_now", new Builtin("strftime_now", Globals::now));

    private Globals() {}

    static @Nullable Object find(String name) {
        return FUNCTIONS.get(name);
    }

    private static Object range(Args args, Run run) {
        Args.Bound bound = args.bindPositional("range", 1, "start", "stop", "step");
        int first = bound.integer(0, 0);
        return bound.has(1)
                ? new Range(first, bound.integer(1, 0), bound.integer(2, 1))
                : new Range(0, first, 1);
    }

    private static Object namespace(Args args, Run run) {
        Namespace namespace = new Namespace();
        namespace.attributes().putAll(DictMethods.create("namespace", args, run));
        return namespace;
    }

    private static Object joiner(Args args, Run run) {
        Args.Bound bound = args.bind("joiner", 0, "sep");
        return new Joiner(bound.or(0, ", "));
    }

    private static Object lipsum(Args args, Run run) {
        throw new Problem("lipsum() makes random text, which a prompt must not hold");
    }

    private static Object raise(Args args, Run run) {
        throw new Problem(Repr.str(args.bind("raise_exception", 1, "message").get(0), run));
    }

    private static Object now(Args args, Run run) {
        String format = args.bind("strftime_now", 1, "format").string(0);
        return Strftime.format(format, LocalDateTime.now(run.clock()), run);
    }

    /** What {@code joiner(sep)} gives: nothing at the first call, the separator afterwards. */
    private static final class Joiner implements Invocable {

        private final Object separator;
        private boolean used;

        Joiner(Object separator) {
            this.separator = separator;
        }

        @Override
        public Object call(Args args, Run run) {
            args.bind("joiner", 0);
            boolean first = !used;
            used = true;
            return first ? "" : separator;
        }

        @Override
        public String typeName() {
            return "Joiner";
        }
    }

    /** What {@code cycler(a, b, ...)} gives: {@code next()} goes round and round. */
    static final class Cycler {

        private final List<Object> items;
        private int position;

        Cycler(List<Object> items) {
            if (items.isEmpty()) {
                throw new Problem("at least one item has to be provided");
            }
            this.items = items;
        }

        @Nullable Object attribute(String name) {
            return switch (name) {
                case "current" -> items.get(position);
                case "pos" -> (long) position;
                case "items" -> Tuple.of(items);
                case "next" ->
                        new Builtin(
                                name,
                                (args, run) -> {
                                    Object item = items.get(position);
                                    position = (position + 1) % items.size();
                                    return item;
                                });
                case "reset" ->
                        new Builtin(
                                name,
                                (args, run) -> {
                                    position = 0;
                                    return None.NONE;
                                });
                default -> null;
            };
        }
    }
}
