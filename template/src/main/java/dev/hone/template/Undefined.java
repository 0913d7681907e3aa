package dev.hone.template;

/**
 * A variable, attribute or element that does not exist. It prints as nothing, is false, empty and
 * equal to any other undefined value; every other use is an error that tells what was missing.
 *
 * @param problem the message of that error
 */
record Undefined(String problem) {

    static Undefined variable(String name) {
        return new Undefined(Repr.quote(name) + " is undefined");
    }

    static Undefined attribute(Object owner, String name) {
        return new Undefined(
                Repr.quote(ownerName(owner)) + " has no attribute " + Repr.quote(name));
    }

    static Undefined element(Object owner, String index) {
        return new Undefined(ownerName(owner) + " has no element " + index);
    }

    static Undefined unsafe(Object owner, String name) {
        return new Undefined(
                "access to attribute %s of %s object is unsafe."
                        .formatted(Repr.quote(name), Repr.quote(Types.name(owner))));
    }

    private static String ownerName(Object owner) {
        return owner == None.NONE ? "None" : Types.name(owner) + " object";
    }

    Problem fail() {
        return new Problem(problem);
    }
}
