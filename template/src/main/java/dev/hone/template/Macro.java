package dev.hone.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A macro, or the caller of a call block: called, it renders its body. */
final class Macro implements Invocable {

    private final String name;
    private final Stmt.MacroBody macro;
    private final Scope scope;
    private final Interpreter interpreter;

    /**
     * A macro.
     *
     * @param scope the frame in which it was defined, whose variables it sees as they are when it
     *     is called
     */
    Macro(String name, Stmt.MacroBody macro, Scope scope, Interpreter interpreter) {
        this.name = name;
        this.macro = macro;
        this.scope = scope;
        this.interpreter = interpreter;
    }

    @Override
    public Object call(Args args, Run run) {
        Scope frame = new Scope(scope, macro.body().names(), run);
        Map<String, Object> named = new LinkedHashMap<>(args.named());
        List<String> parameters = macro.parameters();
        int given = Math.min(args.positional().size(), parameters.size());
        for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            Object value = i < given ? args.positional().get(i) : named.remove(parameter);
            if (value != null) {
                frame.set(parameter, value);
            }
        }
        bindSpecial(frame, args, named, given);
        int first = parameters.size() - macro.defaults().size();
        for (int i = given; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            if (frame.assigned(parameter) == null) {
                frame.set(
                        parameter,
                        i < first
                                ? new Undefined(
                                        "parameter %s was not provided"
                                                .formatted(Repr.quote(parameter)))
                                : interpreter.evaluate(macro.defaults().get(i - first), frame));
            }
        }
        return interpreter.text(macro.body(), frame);
    }

    private void bindSpecial(Scope frame, Args args, Map<String, Object> named, int given) {
        if (macro.usesCaller()) {
            Object caller = named.remove("caller");
            frame.set(
                    "caller",
                    caller == null || caller == None.NONE
                            ? new Undefined("No caller defined")
                            : caller);
        }
        if (macro.usesKeywords()) {
            frame.set("kwargs", new LinkedHashMap<Object, Object>(named));
        } else if (!named.isEmpty()) {
            throw new Problem(
                    "macro %s takes no keyword argument %s"
                            .formatted(
                                    Repr.quote(name),
                                    Repr.quote(named.keySet().iterator().next())));
        }
        if (macro.usesVarargs()) {
            List<Object> all = args.positional();
            frame.set("varargs", Tuple.of(all.subList(given, all.size())));
        } else if (args.positional().size() > macro.parameters().size()) {
            throw new Problem(
                    "macro %s takes not more than %d argument(s)"
                            .formatted(Repr.quote(name), macro.parameters().size()));
        }
    }

    /** The attribute {@code attribute} of the macro itself, or null. */
    @Nullable Object attribute(String attribute) {
        return switch (attribute) {
            case "name" -> name;
            case "arguments" -> Tuple.of(List.copyOf(macro.parameters()));
            case "caller" -> macro.usesCaller();
            case "catch_kwargs" -> macro.usesKeywords();
            case "catch_varargs" -> macro.usesVarargs();
            default -> null;
        };
    }

    @Override
    public String typeName() {
        return "Macro";
    }

    @Override
    public String describe() {
        return "<Macro " + Repr.quote(name) + ">";
    }
}
