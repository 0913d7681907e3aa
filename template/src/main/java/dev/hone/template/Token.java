package dev.hone.template;

/**
 * One lexical element of a template.
 *
 * @param kind what it is
 * @param text literal text, name, operator, or the source of a number
 * @param value the decoded value of a string or number, otherwise {@code text}
 * @param place where it starts
 */
record Token(Kind kind, String text, Object value, Place place) {

    enum Kind {
        TEXT("text"),
        PRINT_BEGIN("'{{'"),
        PRINT_END("'}}'"),
        TAG_BEGIN("'{%'"),
        TAG_END("'%}'"),
        NAME("a name"),
        STRING("a string"),
        INTEGER("an integer"),
        FLOAT("a number"),
        OPERATOR("an operator"),
        END("the end of the template");

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        String description() {
            return description;
        }
    }

    boolean is(Kind other) {
        return kind == other;
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    boolean isOperator(String symbol) {
        return kind == Kind.OPERATOR && text.equals(symbol);
    }

    /** How an error message calls this token. */
    String describe() {
        return switch (kind) {
            case NAME, OPERATOR -> "'" + text + "'";
            case INTEGER, FLOAT -> text;
            default -> kind.description();
        };
    }
}
