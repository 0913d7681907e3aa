package dev.hone.template;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The methods of dicts that do not change them, and how dicts are made. */
final class DictMethods {

    private static final Set<String> UNSAFE =
            Set.of("clear", "pop", "popitem", "setdefault", "update");

    private DictMethods() {}

    /** The method {@code name} of {@code dict}, or null. */
    static @Nullable Object find(Map<Object, Object> dict, String name) {
        if (UNSAFE.contains(name)) {
            return Undefined.unsafe(dict, name);
        }
        return switch (name) {
            case "get" ->
                    new Builtin(
                            name,
                            (args, run) -> {
                                Args.Bound bound = args.bindPositional(name, 1, "key", "default");
                                Object found = Dicts.get(dict, bound.get(0), run);
                                return found == null ? bound.get(1) : found;
                            });
            case "items" -> view(dict, name, DictView.Kind.ITEMS);
            case "keys" -> view(dict, name, DictView.Kind.KEYS);
            case "values" -> view(dict, name, DictView.Kind.VALUES);
            case "copy" ->
                    new Builtin(
                            name,
                            (args, run) -> {
                                args.bindPositional(name, 0);
                                run.charge(dict.size());
                                return new LinkedHashMap<>(dict);
                            });
            case "fromkeys" -> new Builtin(name, DictMethods::fromKeys);
            default -> null;
        };
    }

    private static Builtin view(Map<Object, Object> dict, String name, DictView.Kind kind) {
        return new Builtin(
                name,
                (args, run) -> {
                    args.bindPositional(name, 0);
                    return new DictView(kind, dict);
                });
    }

    private static Object fromKeys(Args args, Run run) {
        Args.Bound bound = args.bindPositional("fromkeys", 1, "iterable", "value");
        Map<Object, Object> dict = new LinkedHashMap<>();
        Types.iterate(bound.get(0), run)
                .forEachRemaining(key -> Dicts.put(dict, key, bound.get(1), run));
        return dict;
    }

    /** {@code dict(...)}: from a dict or from pairs, then from named arguments. */
    static Map<Object, Object> create(String function, Args args, Run run) {
        Map<Object, Object> dict = new LinkedHashMap<>();
        if (args.positional().size() > 1) {
            throw new Problem(
                    "%s expected at most 1 argument, got %d"
                            .formatted(function, args.positional().size()));
        }
        for (Object source : args.positional()) {
            if (source instanceof Map<?, ?> map) {
                run.charge(map.size());
                dict.putAll(Types.dict(map));
            } else {
                Iterator<Object> pairs = Types.iterate(source, run);
                while (pairs.hasNext()) {
                    var pair = Types.toList(pairs.next(), run);
                    if (pair.size() != 2) {
                        throw new Problem(
                                "a dict is made from pairs, but an element has length %d"
                                        .formatted(pair.size()));
                    }
                    Dicts.put(dict, pair.get(0), pair.get(1), run);
                }
            }
        }
        args.named().forEach((name, value) -> Dicts.put(dict, name, value, run));
        return dict;
    }
}
