package dev.hone.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code value.name}, {@code value[key]} and {@code value[a:b:c]}. As in Jinja a dot looks for an
 * attribute first and for an element after that ({@code message.items} is the method even when
 * there is a key of that name), brackets the other way round; what is in neither place is
 * undefined.
 */
final class Access {

    private Access() {}

    /** {@code owner.name}. */
    static Object attribute(Object owner, String name, Run run) {
        Object found = ownAttribute(owner, name);
        if (found == null && owner instanceof Map<?, ?> map) {
            found = Types.dict(map).get(name);
        }
        return found == null ? Undefined.attribute(owner, name) : found;
    }

    /** {@code owner[key]}. */
    static Object element(Object owner, Object key, Run run) {
        if (owner instanceof Undefined undefined) {
            throw undefined.fail();
        }
        Object found = ownElement(owner, key, run);
        if (found != null) {
            return found;
        }
        String name = Types.string(key);
        if (name == null) {
            return Undefined.element(owner, Repr.repr(key, run));
        }
        Object attribute = ownAttribute(owner, name);
        return attribute == null ? Undefined.attribute(owner, name) : attribute;
    }

    /** The attribute of {@code owner} proper, without its elements, or null. */
    static @Nullable Object ownAttribute(Object owner, String name) {
        if (owner instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (name.startsWith("__")) {
            return Undefined.unsafe(owner, name);
        }
        return switch (owner) {
            case String text -> StringMethods.find(text, name);
            case Markup markup -> StringMethods.find(markup, name);
            case Map<?, ?> map -> DictMethods.find(Types.dict(map), name);
            case Range range -> ofRange(range, name);
            case List<?> list -> ListMethods.find(Types.list(list), name);
            case Tuple tuple -> ofTuple(tuple, name);
            case Namespace namespace -> namespace.attributes().get(name);
            case LoopState loop -> loop.attribute(name);
            case Macro macro -> macro.attribute(name);
            case Globals.Cycler cycler -> cycler.attribute(name);
            case BlockReferences blocks -> blocks.find(name);
            case DictView view -> name.equals("mapping") ? view.dict() : null;
            default -> Numbers.isNumber(owner) ? NumberMethods.find(owner, name) : null;
        };
    }

    private static @Nullable Object ofRange(Range range, String name) {
        return switch (name) {
            case "start" -> range.start();
            case "stop" -> range.stop();
            case "step" -> range.step();
            default ->
                    name.equals("count") || name.equals("index")
                            ? ListMethods.find(range, name)
                            : null;
        };
    }

    private static @Nullable Object ofTuple(Tuple tuple, String name) {
        int named = tuple.names().indexOf(name);
        if (named >= 0) {
            return tuple.items().get(named);
        }
        return name.equals("count") || name.equals("index")
                ? ListMethods.find(tuple.items(), name)
                : null;
    }

    private static @Nullable Object ownElement(Object owner, Object key, Run run) {
        if (owner instanceof Map<?, ?> map) {
            boolean hashable =
                    !(key instanceof List<?> && !(key instanceof Range))
                            && !(key instanceof Map<?, ?>);
            return hashable ? Dicts.get(Types.dict(map), key, run) : null;
        }
        if (owner instanceof BlockReferences blocks && key instanceof String name) {
            return blocks.find(name);
        }
        if (!Numbers.isInteger(key)) {
            return null;
        }
        BigInteger wanted = Numbers.big(key);
        if (wanted.bitLength() > 31) {
            return null;
        }
        int index = wanted.intValue();
        String text = Types.string(owner);
        if (text != null) {
            Object character = character(text, index, run);
            return character instanceof String s && owner instanceof Markup
                    ? new Markup(s)
                    : character;
        }
        List<Object> items = owner instanceof Range range ? range : Types.elements(owner);
        if (items == null) {
            return null;
        }
        int position = index < 0 ? index + items.size() : index;
        return position >= 0 && position < items.size() ? items.get(position) : null;
    }

    private static @Nullable String character(String text, int index, Run run) {
        int length = Text.length(text, run);
        int position = index < 0 ? index + length : index;
        if (position < 0 || position >= length) {
            return null;
        }
        return Character.toString(text.codePointAt(Text.unitIndex(text, position, run)));
    }

    /** {@code owner[start:stop:step]}; each bound is an integer or none. */
    static Object slice(Object owner, Object start, Object stop, Object step, Run run) {
        if (owner instanceof Undefined undefined) {
            throw undefined.fail();
        }
        String text = Types.string(owner);
        int length = text != null ? Text.length(text, run) : sequenceLength(owner);
        long stride = bound(step, 1);
        if (stride == 0) {
            throw new Problem("slice step cannot be zero");
        }
        boolean backwards = stride < 0;
        long from = clip(start, backwards ? length - 1L : 0, length, backwards);
        long to = clip(stop, backwards ? -1L : length, length, backwards);
        if (owner instanceof Range range) {
            boolean empty = backwards ? to >= from : from >= to;
            return range.slice(from, empty ? from : to, stride);
        }
        if (text != null) {
            String cut = cut(text, length, from, to, stride, run);
            return owner instanceof Markup ? new Markup(cut) : cut;
        }
        List<Object> items = Types.elements(owner);
        List<Object> result = new ArrayList<>();
        for (long i = from; items != null && (backwards ? i > to : i < to); i += stride) {
            run.charge(1);
            result.add(items.get((int) i));
        }
        return owner instanceof Tuple ? Tuple.of(result) : result;
    }

    private static int sequenceLength(Object owner) {
        return switch (owner) {
            case List<?> list -> list.size();
            case Tuple tuple -> tuple.items().size();
            case Map<?, ?> _ -> throw new Problem("unhashable type: 'slice'");
            default ->
                    throw new Problem(
                            "'%s' object is not subscriptable".formatted(Types.name(owner)));
        };
    }

    private static long bound(Object value, long fallback) {
        if (value == None.NONE) {
            return fallback;
        }
        if (!Numbers.isInteger(value)) {
            throw new Problem("slice indices must be integers or None");
        }
        BigInteger big = Numbers.big(value);
        return big.bitLength() < 32 ? big.longValue() : big.signum() * (long) Integer.MAX_VALUE;
    }

    private static long clip(Object value, long fallback, int length, boolean backwards) {
        if (value == None.NONE) {
            return fallback;
        }
        long index = bound(value, 0);
        long position = index < 0 ? index + length : index;
        long lowest = backwards ? -1 : 0;
        return Math.clamp(position, lowest, backwards ? length - 1L : length);
    }

    private static String cut(String text, int length, long from, long to, long stride, Run run) {
        if (stride == 1) {
            if (from >= to) {
                return "";
            }
            if (length == text.length()) {
                return run.created(text.substring((int) from, (int) to));
            }
            int first = text.offsetByCodePoints(0, (int) from);
            int last = text.offsetByCodePoints(first, (int) (to - from));
            return run.created(text.substring(first, last));
        }
        int[] characters = Text.codePoints(text, run);
        StringBuilder out = new StringBuilder();
        for (long i = from; stride < 0 ? i > to : i < to; i += stride) {
            out.appendCodePoint(characters[(int) i]);
        }
        return run.created(out.toString());
    }
}
