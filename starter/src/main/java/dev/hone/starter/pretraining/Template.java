package dev.hone.starter.pretraining;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Fills in a pattern. {@code [a|b]} is one of its alternatives, which may hold patterns; {@code
 * {town}} is a fresh value of that kind; {@code {town#x}} is the value that {@code x} stands for
 * throughout one filling; {@code \n} is a line break. "a" becomes "an" before a vowel.
 */
final class Template {
    /** "a" before a vowel, which becomes "an". */
    private static final Pattern ARTICLE = Pattern.compile("\\b([Aa])(?= [aeiouAEIOU])");

    private final Values values;
    private final Map<String, String> bound = new LinkedHashMap<>();

    Template(Values values) {
        this.values = values;
    }

    /**
     * The values given to named slots so far, by {@code kind#name}, in the order they were drawn.
     */
    Map<String, String> bound() {
        return bound;
    }

    /** The pattern with every alternative chosen and every slot filled. */
    String fill(String pattern) {
        String chosen = choose(pattern).replace("\\n", "\n");
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < chosen.length()) {
            int open = chosen.indexOf('{', at);
            int close = open < 0 ? -1 : chosen.indexOf('}', open);
            if (close < 0) {
                break;
            }
            out.append(chosen, at, open).append(slot(chosen.substring(open + 1, close)));
            at = close + 1;
        }
        return ARTICLE.matcher(out.append(chosen.substring(at))).replaceAll("$1n");
    }

    /** The pattern with every alternative chosen and its slots left as they are. */
    String choose(String pattern) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < pattern.length()) {
            char c = pattern.charAt(at);
            if (c != '[') {
                out.append(c);
                at++;
                continue;
            }
            List<String> alternatives = new ArrayList<>();
            int depth = 0;
            int start = at + 1;
            int end = at;
            for (; end < pattern.length(); end++) {
                char d = pattern.charAt(end);
                depth += d == '[' ? 1 : d == ']' ? -1 : 0;
                if ((d == '|' && depth == 1) || depth == 0) {
                    alternatives.add(pattern.substring(start, end));
                    start = end + 1;
                }
                if (depth == 0) {
                    break;
                }
            }
            out.append(choose(values.draw().of(alternatives)));
            at = end + 1;
        }
        return out.toString();
    }

    private String slot(String slot) {
        int hash = slot.indexOf('#');
        if (hash < 0) {
            return values.of(slot);
        }
        String known = bound.get(slot);
        if (known == null) {
            known = values.of(slot.substring(0, hash));
            bound.put(slot, known);
        }
        return known;
    }
}
