package dev.hone.model;

import java.math.BigDecimal;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * JSON to the byte as Python's {@code json.dumps} writes it: its separators, its escapes of all
 * that is not ASCII, and its numbers, {@code 1e-06} and {@code 500000.0}.
 */
final class PythonJson {
    private static final String INDENT = "  ";

    private final StringBuilder out = new StringBuilder();
    private final boolean pretty;

    private PythonJson(boolean pretty) {
        this.pretty = pretty;
    }

    /** As {@code json.dumps(value)}. */
    static String compact(JsonNode value) {
        return new PythonJson(false).write(value, "\n");
    }

    /** As {@code json.dumps(value, indent=2, sort_keys=True)}. */
    static String pretty(JsonNode value) {
        return new PythonJson(true).write(value, "\n");
    }

    /**
     * @param line what ends a line and indents the next
     */
    private String write(JsonNode value, String line) {
        value(value, line);
        return out.toString();
    }

    private void value(JsonNode value, String line) {
        if (value.isObject()) {
            object(value, line);
        } else if (value.isArray()) {
            array(value, line);
        } else if (value.isString()) {
            string(value.asString());
        } else if (value.isIntegralNumber()) {
            out.append(value.bigIntegerValue());
        } else if (value.isNumber()) {
            out.append(number(value.doubleValue()));
        } else {
            out.append(value); // true, false and null
        }
    }

    private void object(JsonNode object, String line) {
        out.append('{');
        String inner = line + INDENT;
        String separator = "";
        for (String key : pretty ? new TreeSet<>(object.propertyNames()) : object.propertyNames()) {
            out.append(separator);
            breakLine(inner);
            string(key);
            out.append(": ");
            value(object.get(key), inner);
            separator = pretty ? "," : ", ";
        }
        end(object, line, '}');
    }

    private void array(JsonNode array, String line) {
        out.append('[');
        String inner = line + INDENT;
        String separator = "";
        for (JsonNode element : array) {
            out.append(separator);
            breakLine(inner);
            value(element, inner);
            separator = pretty ? "," : ", ";
        }
        end(array, line, ']');
    }

    private void end(JsonNode container, String line, char bracket) {
        if (!container.isEmpty()) {
            breakLine(line);
        }
        out.append(bracket);
    }

    private void breakLine(String line) {
        if (pretty) {
            out.append(line);
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < 0x20 || c > 0x7e) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** The shortest digits that read as x, in full from 10⁻⁴ to 10¹⁶. */
    static String number(double x) {
        BigDecimal digits = new BigDecimal(Double.toString(Math.abs(x))).stripTrailingZeros();
        String sign = Double.doubleToRawLongBits(x) < 0 ? "-" : "";
        int exponent = digits.precision() - digits.scale() - 1;
        if (x == 0 || (exponent >= -4 && exponent < 16)) {
            String plain = digits.toPlainString();
            return sign + plain + (plain.contains(".") ? "" : ".0");
        }
        String all = digits.unscaledValue().toString();
        String mantissa = all.length() == 1 ? all : all.charAt(0) + "." + all.substring(1);
        return "%s%se%s%02d"
                .formatted(sign, mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
}
