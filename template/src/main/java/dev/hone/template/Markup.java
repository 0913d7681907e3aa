package dev.hone.template;

/**
 * Text that the filters {@code safe} and {@code escape} marked as HTML. It prints like a string,
 * but a string that is added to it gets escaped.
 */
record Markup(String text) {

    /** The HTML form of {@code value}: itself when it is markup, escaped otherwise. */
    static String escape(Object value, Run run) {
        if (value instanceof Markup markup) {
            return markup.text();
        }
        String text = Repr.str(value, run);
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '\'' -> out.append("&#39;");
                case '"' -> out.append("&#34;");
                default -> out.append(c);
            }
        }
        return run.created(out.toString());
    }
}
