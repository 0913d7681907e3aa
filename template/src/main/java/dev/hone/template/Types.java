package dev.hone.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What kind of Python value a Java value stands for: {@link None}, {@link Boolean}, {@link Long}
 * and {@link BigInteger} (int), {@link Double} (float), {@link String}, {@link Markup}, {@link
 * List}, {@link Tuple}, {@link Map} (dict), and the engine's own {@link Undefined}, {@link Range},
 * {@link DictView}, {@link Generator}, {@link Namespace} and {@link Invocable}.
 */
final class Types {

    private Types() {}

    /** The name of the type of {@code value}. */
    static String name(Object value) {
        return switch (value) {
            case None _ -> "NoneType";
            case Boolean _ -> "bool";
            case Long _, BigInteger _ -> "int";
            case Double _ -> "float";
            case String _ -> "str";
            case Markup _ -> "Markup";
            case Range _ -> "range";
            case List<?> _ -> "list";
            case Tuple _ -> "tuple";
            case Map<?, ?> _ -> "dict";
            case Undefined _ -> "Undefined";
            case DictView view -> view.kind().typeName();
            case Generator generator -> generator.typeName();
            case Namespace _ -> "Namespace";
            case Invocable function -> function.typeName();
            case Globals.Cycler _ -> "Cycler";
            case BlockReferences _ -> "TemplateReference";
            default -> throw new AssertionError(value.getClass());
        };
    }

    /** The text of a string or of markup, otherwise null. */
    static @Nullable String string(Object value) {
        return switch (value) {
            case String text -> text;
            case Markup markup -> markup.text();
            default -> null;
        };
    }

    /** The elements of a list or tuple, otherwise null. */
    static @Nullable List<Object> elements(Object value) {
        return switch (value) {
            case Range _ -> null;
            case List<?> list -> list(list);
            case Tuple tuple -> tuple.items();
            default -> null;
        };
    }

    /** A list value, typed. Values come only from {@link Convert} and from the engine. */
    @SuppressWarnings("unchecked")
    static List<Object> list(List<?> value) {
        return (List<Object>) value;
    }

    /** A dict value, typed. */
    @SuppressWarnings("unchecked")
    static Map<Object, Object> dict(Map<?, ?> value) {
        return (Map<Object, Object>) value;
    }

    /** Whether {@code if} takes the value for true. */
    static boolean truth(Object value) {
        return switch (value) {
            case None _, Undefined _ -> false;
            case Boolean truth -> truth;
            case Long number -> number != 0;
            case BigInteger number -> number.signum() != 0;
            case Double number -> number != 0;
            case String text -> !text.isEmpty();
            case Markup markup -> !markup.text().isEmpty();
            case List<?> list -> !list.isEmpty();
            case Tuple tuple -> !tuple.items().isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case DictView view -> !view.dict().isEmpty();
            case LoopState loop -> loop.length() > 0;
            default -> true;
        };
    }

    /** {@code len(value)}, or -1 when the value has no length. */
    static int lengthOrNone(Object value, Run run) {
        return switch (value) {
            case Undefined _ -> 0;
            case String text -> Text.length(text, run);
            case Markup markup -> Text.length(markup.text(), run);
            case List<?> list -> list.size();
            case Tuple tuple -> tuple.items().size();
            case Map<?, ?> map -> map.size();
            case DictView view -> view.dict().size();
            case LoopState loop -> loop.length();
            default -> -1;
        };
    }

    static int length(Object value, Run run) {
        int length = lengthOrNone(value, run);
        if (length < 0) {
            throw new Problem("object of type '%s' has no len()".formatted(name(value)));
        }
        return length;
    }

    static boolean isIterable(Object value) {
        return switch (value) {
            case Undefined _, String _, Markup _, List<?> _, Tuple _, Map<?, ?> _ -> true;
            case DictView _, Generator _ -> true;
            default -> false;
        };
    }

    /** Goes through {@code value}; each step is charged to the run. */
    static Iterator<Object> iterate(Object value, Run run) {
        Iterator<Object> items =
                switch (value) {
                    case Undefined _ -> List.of().iterator();
                    case String text -> Text.characters(text);
                    case Markup markup -> Text.characters(markup.text());
                    case List<?> list -> list(list).iterator();
                    case Tuple tuple -> tuple.items().iterator();
                    case Map<?, ?> map -> dict(map).keySet().iterator();
                    case DictView view -> view.iterator();
                    case Generator generator -> generator.items();
                    default ->
                            throw new Problem("'%s' object is not iterable".formatted(name(value)));
                };
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public Object next() {
                run.charge(1);
                return items.next();
            }
        };
    }

    /** All elements of {@code value} in a new list. */
    static List<Object> toList(Object value, Run run) {
        List<Object> result = new ArrayList<>();
        iterate(value, run).forEachRemaining(result::add);
        return result;
    }

    /** The elements of {@code value} from the last to the first. */
    static List<Object> reversed(Object value, Run run) {
        switch (value) {
            case List<?> _, Tuple _, Map<?, ?> _, DictView _, String _, Markup _ -> {}
            default -> throw new Problem("'%s' object is not reversible".formatted(name(value)));
        }
        return toList(value, run).reversed();
    }
}
