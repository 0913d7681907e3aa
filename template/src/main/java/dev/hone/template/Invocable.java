package dev.hone.template;

/** A value that can be called. */
interface Invocable {

    Object call(Args args, Run run);

    /** What Python calls its type. */
    default String typeName() {
        return "builtin_function_or_method";
    }

    /** How it prints. */
    default String describe() {
        return "<" + typeName() + ">";
    }
}
