package dev.hone.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * Tokenises the pieces of a text one by one and remembers them: most words of a text were seen
 * before. The pieces themselves are tokenised by the tokenizer this stands in front of, so a piece
 * has its tokens and no others; only the cutting is done here.
 *
 * <p>A text with characters on which regular expressions of Java and of the tokenizer might not
 * agree is left to the tokenizer: all but Latin letters, common signs and punctuation, whose
 * properties have been the same in every version of Unicode since 5.
 */
final class PieceTokenizer {

    /** Pieces kept; beyond that, pieces that were not seen before are tokenised each time. */
    private static final int KEPT = 1 << 17;

    private static final int LONGEST = 48;
    private static final String[] NONE = {};

    private final PieceRules rules;
    private final Function<String, Encoding> tokenizer;
    private final Map<String, Encoding> pieces = new ConcurrentHashMap<>();

    /** Added tokens by their first character, longest first. */
    private final Map<Character, String[]> addedByStart = new HashMap<>();

    /** Whether an added token may start with a character, by its last seven bits. */
    private final boolean[] startsAdded = new boolean[128];

    /**
     * @param tokenizer tokenises a piece; the reference for all that is done here
     */
    PieceTokenizer(PieceRules rules, Function<String, Encoding> tokenizer) {
        this.rules = rules;
        this.tokenizer = tokenizer;
        rules.added()
                .keySet()
                .forEach(token -> {
                    startsAdded[token.charAt(0) & 0x7f] = true;
                    addedByStart.merge(
                            token.charAt(0), new String[] {token}, PieceTokenizer::longestFirst);
                });
    }

    private static String[] longestFirst(String[] some, String[] more) {
        String[] all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        Arrays.sort(all, (a, b) -> Integer.compare(b.length(), a.length()));
        return all;
    }

    /** The tokens of a text; empty if it is to be left to the tokenizer. */
    Optional<Encoding> encode(String text) {
        if (!isPlain(text)) {
            return Optional.empty();
        }
        Run run = new Run(text);
        int start = 0;
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            String found = startsAdded[c & 0x7f] ? match(c, text, at) : null;
            if (found == null) {
                at++;
                continue;
            }
            run.cut(start, at, 0);
            run.add(rules.added().getOrDefault(found, 0), at, at + found.length());
            at += found.length();
            start = at;
        }
        run.cut(start, text.length(), 0);
        return Optional.of(run.encoding());
    }

    private @Nullable String match(char first, String text, int at) {
        for (String candidate : addedByStart.getOrDefault(first, NONE)) {
            if (text.startsWith(candidate, at)) {
                return candidate;
            }
        }
        return null;
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean latin = c < 0x250 && c != 0x17f && (c >= 0xa0 || (c >= 0x20 && c < 0x7f));
            boolean space = c == '\n' || c == '\t' || c == '\r';
            boolean sign = (c >= 0x2010 && c <= 0x2027) || c == 0x20ac || c == 0x2122;
            if (!latin && !space && !sign) {
                return false;
            }
        }
        return true;
    }

    /** One text on its way to tokens. */
    private final class Run {
        private final String text;
        private final List<Matcher> matchers;
        private int[] ids;
        private int[] starts;
        private int[] ends;
        private int size;

        Run(String text) {
            this.text = text;
            this.matchers = rules.splits().stream().map(pattern -> pattern.matcher(text)).toList();
            int guess = 16 + text.length() / 2;
            this.ids = new int[guess];
            this.starts = new int[guess];
            this.ends = new int[guess];
        }

        /** Cuts a range by the expressions from a level on, and tokenises what comes of it. */
        void cut(int from, int to, int level) {
            if (from == to) {
                return;
            }
            if (level == matchers.size()) {
                piece(from, to);
                return;
            }
            Matcher matcher = matchers.get(level).region(from, to);
            int at = from;
            while (at < to && matcher.find()) {
                int start = matcher.start();
                int end = matcher.end();
                cut(at, start, level + 1);
                cut(start, end, level + 1);
                at = end;
            }
            cut(at, to, level + 1);
        }

        private void piece(int from, int to) {
            String piece = text.substring(from, to);
            Encoding tokens = pieces.get(piece);
            if (tokens == null) {
                tokens = tokenizer.apply(piece);
                if (piece.length() <= LONGEST && pieces.size() < KEPT) {
                    pieces.put(piece, tokens);
                }
            }
            for (int i = 0; i < tokens.length(); i++) {
                add(tokens.ids()[i], from + tokens.starts()[i], from + tokens.ends()[i]);
            }
        }

        void add(int id, int start, int end) {
            if (size == ids.length) {
                int larger = 2 * size;
                ids = Arrays.copyOf(ids, larger);
                starts = Arrays.copyOf(starts, larger);
                ends = Arrays.copyOf(ends, larger);
            }
            ids[size] = id;
            starts[size] = start;
            ends[size] = end;
            size++;
        }

        Encoding encoding() {
            return new Encoding(
                    Arrays.copyOf(ids, size),
                    Arrays.copyOf(starts, size),
                    Arrays.copyOf(ends, size));
        }
    }
}
