package dev.hone.cli;

import dev.hone.data.Example;
import dev.hone.data.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A stretch of text that whole tokens stand for, as a person reads it: mostly one token, more where
 * a character takes several.
 *
 * @param text what the tokens stand for
 * @param ids the tokens
 * @param weight training weight of the last of them, 0 for context
 * @param special whether it is a special token
 */
@SuppressWarnings("ArrayRecordComponent") // arrays are handed over, never copied or compared
record TokenPiece(String text, int[] ids, float weight, boolean special) {
    /** No character takes more tokens. */
    private static final int MOST_TOKENS = 8;

    boolean trained() {
        return weight > 0;
    }

    /** The pieces of an example, in order. Put together they are its text. */
    static List<TokenPiece> of(Tokenizer tokenizer, Example example) {
        int[] ids = example.ids();
        List<TokenPiece> pieces = new ArrayList<>();
        int context = 0;
        int at = 0;
        while (at < ids.length) {
            boolean special = isSpecial(tokenizer, ids[at]);
            int end = at + 1;
            String text = special ? tokenizer.decode(new int[] {ids[at]}, false) : "";
            if (!special) {
                text = between(tokenizer, ids, context, at, end);
                while (text.endsWith("\uFFFD")
                        && end < ids.length
                        && end - at < MOST_TOKENS
                        && !isSpecial(tokenizer, ids[end])) {
                    end++;
                    text = between(tokenizer, ids, context, at, end);
                }
            }
            pieces.add(
                    new TokenPiece(
                            text,
                            Arrays.copyOfRange(ids, at, end),
                            example.weights()[end - 1],
                            special));
            // Some tokenizers write a token otherwise at the start of a text, so the one before
            // goes along.
            context = special ? end : at;
            at = end;
        }
        return List.copyOf(pieces);
    }

    /** What tokens {@code [at, end)} add to those from {@code context} on. */
    private static String between(Tokenizer tokenizer, int[] ids, int context, int at, int end) {
        String before = tokenizer.decode(Arrays.copyOfRange(ids, context, at), false);
        String all = tokenizer.decode(Arrays.copyOfRange(ids, context, end), false);
        return all.startsWith(before)
                ? all.substring(before.length())
                : tokenizer.decode(Arrays.copyOfRange(ids, at, end), false);
    }

    private static boolean isSpecial(Tokenizer tokenizer, int id) {
        int[] one = {id};
        return tokenizer.decode(one, true).isEmpty() && !tokenizer.decode(one, false).isEmpty();
    }
}
