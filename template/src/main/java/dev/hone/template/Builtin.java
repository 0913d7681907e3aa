package dev.hone.template;

/** A function of the engine. */
record Builtin(String name, Code code) implements Invocable {

    /** What it does. */
    interface Code {
        Object run(Args args, Run run);
    }

    @Override
    public Object call(Args args, Run run) {
        return code.run(args, run);
    }

    @Override
    public String describe() {
        return "<function " + name + ">";
    }
}
