package dev.hone.template;

/**
 * Decodes the escapes of a string literal the way Jinja does, that is, as Python's {@code
 * unicode-escape}: unknown escapes keep their backslash.
 */
final class StringLiteral {

    private final String body;
    private final Place place;
    private final StringBuilder out = new StringBuilder();
    private int at;

    private StringLiteral(String body, Place place) {
        this.body = body;
        this.place = place;
    }

    /** The text that a literal with this {@code body} (without its quotes) stands for. */
    static String decode(String body, Place place) {
        return body.indexOf('\\') < 0 ? body : new StringLiteral(body, place).decode();
    }

    private String decode() {
        while (at < body.length()) {
            char c = body.charAt(at++);
            if (c == '\\') {
                escape();
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private void escape() {
        char c = body.charAt(at++);
        switch (c) {
            case '\n' -> {}
            case '\\', '\'', '"' -> out.append(c);
            case 'n' -> out.append('\n');
            case 't' -> out.append('\t');
            case 'r' -> out.append('\r');
            case 'a' -> out.append('\u0007');
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'v' -> out.append('\u000b');
            case 'x' -> hex(2);
            case 'u' -> hex(4);
            case 'U' -> hex(8);
            case 'N' -> named();
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal();
            default -> out.append('\\').append(c);
        }
    }

    private void hex(int digits) {
        int end = at + digits;
        if (end > body.length()
                || !body.substring(at, end).chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            throw new TemplateException(
                    place,
                    "the escape \\%c in a string needs %d hexadecimal digits"
                            .formatted(body.charAt(at - 1), digits));
        }
        long code = Long.parseLong(body.substring(at, end), 16);
        if (code > Character.MAX_CODE_POINT) {
            throw new TemplateException(
                    place, "the escape \\U%08x in a string is beyond U+10FFFF".formatted(code));
        }
        out.appendCodePoint((int) code);
        at = end;
    }

    private void octal() {
        int start = at - 1;
        while (at < body.length()
                && at < start + 3
                && body.charAt(at) >= '0'
                && body.charAt(at) <= '7') {
            at++;
        }
        out.append((char) Integer.parseInt(body.substring(start, at), 8));
    }

    private void named() {
        int end = body.indexOf('}', at);
        if (at >= body.length() || body.charAt(at) != '{' || end < 0) {
            throw new TemplateException(
                    place, "the escape \\N in a string needs {a character's name}");
        }
        String name = body.substring(at + 1, end);
        try {
            out.appendCodePoint(Character.codePointOf(name));
        } catch (IllegalArgumentException _) {
            throw new TemplateException(place, "no character is named '" + name + "'");
        }
        at = end + 1;
    }
}
