package dev.hone.data;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Text to token ids and back, by the {@code tokenizer.json} of a model folder (Hugging Face
 * tokenizers through DJL).
 *
 * <p>No special token is ever added, since a chat template writes its own; special tokens that
 * stand in the text are recognised. Truncation and padding that the file asks for are switched off.
 * Encoding is safe from several threads.
 */
public final class Tokenizer implements AutoCloseable {

    private static final String FILE = "tokenizer.json";

    private static final TokenizersLibrary LIB = TokenizersLibrary.LIB;

    /** Words, contractions, numbers, signs and spaces in every order that cutting may depend on. */
    private static final String PROBE =
            "Hello  world's  we'll WE'LL ISN'T it'd'st 'sx a1b22 333 4,444.5 $6 x_y-z (q) \"r\" e.g. été"
                    + " Größe ÀÉ — “q” … € ½ ² http://a.b/c?d=e&f#g  \n \n\n\tx\r\n   y \n  z\n";

    private final Path file;
    private final HuggingFaceTokenizer tokenizer;
    private final Vocabulary vocabulary;
    private final Optional<PieceTokenizer> pieces;

    private Tokenizer(
            Path file,
            HuggingFaceTokenizer tokenizer,
            Vocabulary vocabulary,
            Optional<PieceRules> rules) {
        this.file = file;
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
        this.pieces =
                rules.map(r -> new PieceTokenizer(r, this::nativeEncoding)).filter(this::agrees);
    }

    /**
     * Loads the tokenizer of a model folder.
     *
     * @throws DataException if the folder has no {@code tokenizer.json} or the file cannot be
     *     understood
     */
    public static Tokenizer load(Path modelFolder) {
        Path file = modelFolder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            boolean sentencePiece = Files.exists(modelFolder.resolve("tokenizer.model"));
            throw new DataException(
                    modelFolder.toString(),
                    sentencePiece
                            ? "has tokenizer.model (SentencePiece) and no tokenizer.json; save the"
                                    + " tokenizer in the fast format first"
                            : "has no tokenizer.json; expected a Hugging Face model folder");
        }
        neverDownload();
        Map<String, String> options =
                Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
        try (InputStream in = Files.newInputStream(file)) {
            Vocabulary vocabulary = Vocabulary.read(file);
            return new Tokenizer(
                    file,
                    HuggingFaceTokenizer.newInstance(in, options),
                    vocabulary,
                    PieceRules.read(file));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        } catch (DataException e) {
            throw e;
        } catch (RuntimeException e) {
            // DJL reports what the native parser says as a bare RuntimeException.
            throw new DataException(
                    file.toString(), "is not a tokenizer this version reads: " + e.getMessage());
        }
    }

    /**
     * On a machine with CUDA, DJL would otherwise fetch another native library over the network.
     */
    private static void neverDownload() {
        if (System.getenv("RUST_FLAVOR") == null && System.getProperty("RUST_FLAVOR") == null) {
            System.setProperty("RUST_FLAVOR", "cpu");
        }
    }

    /**
     * Token ids of a text.
     *
     * @throws IllegalArgumentException if the text holds a zero character or half a surrogate pair
     */
    public int[] encode(String text) {
        return pieces.flatMap(p -> p.encode(text))
                .map(Encoding::ids)
                .orElseGet(() -> ids(text, false));
    }

    /**
     * Token ids of a text with the characters each token stands for.
     *
     * @throws IllegalArgumentException if the text holds a zero character or half a surrogate pair
     */
    public Encoding encodeWithOffsets(String text) {
        return pieces.flatMap(p -> p.encode(text)).orElseGet(() -> nativeEncoding(text));
    }

    /** The same by the native library alone. */
    Encoding nativeEncoding(String text) {
        check(text);
        int[] ids;
        CharSpan[] spans;
        long encoding = LIB.encode(tokenizer.getHandle(), text, false);
        try {
            ids = toInts(LIB.getTokenIds(encoding));
            spans = LIB.getTokenCharSpans(encoding);
        } finally {
            LIB.deleteEncoding(encoding);
        }
        int[] starts = new int[ids.length];
        int[] ends = new int[ids.length];
        int @Nullable [] utf16 = utf16Index(text);
        for (int i = 0; i < ids.length; i++) {
            starts[i] = utf16 == null ? spans[i].getStart() : utf16[spans[i].getStart()];
            ends[i] = utf16 == null ? spans[i].getEnd() : utf16[spans[i].getEnd()];
        }
        return new Encoding(ids, starts, ends);
    }

    /** Token ids with the special tokens that the file's post-processor adds to a single text. */
    int[] encodeWithAddedTokens(String text) {
        return ids(text, true);
    }

    /**
     * The text of token ids; {@code skipSpecial} leaves out special tokens such as an end of turn.
     */
    public String decode(int[] ids, boolean skipSpecial) {
        long[] wide = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            wide[i] = ids[i];
        }
        return tokenizer.decode(wide, skipSpecial);
    }

    /** The highest token id plus one: rows an embedding needs to serve every token. */
    public int vocabularySize() {
        return vocabulary.tokens().length;
    }

    /** The id of a token as the file writes it, for example {@code <|im_end|>} or {@code Ġthe}. */
    public Optional<Integer> id(String token) {
        return Optional.ofNullable(vocabulary.ids().get(token));
    }

    /**
     * The token of an id as the file writes it.
     *
     * @throws IllegalArgumentException if no token has this id
     */
    public String token(int id) {
        String token = id >= 0 && id < vocabulary.tokens().length ? vocabulary.tokens()[id] : null;
        if (token == null) {
            throw new IllegalArgumentException(
                    "No token has id " + id + "; ids run from 0 to " + (vocabularySize() - 1));
        }
        return token;
    }

    /**
     * Whether the id is an added token: a marker that is found in a text before anything else is
     * cut.
     */
    boolean isAdded(int id) {
        return vocabulary.added().contains(id);
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    /** Whether pieces give a text of everything there is the tokens that the whole gives. */
    private boolean agrees(PieceTokenizer byPieces) {
        Encoding whole = nativeEncoding(PROBE);
        return byPieces.encode(PROBE)
                .filter(tokens ->
                        Arrays.equals(tokens.ids(), whole.ids())
                                && Arrays.equals(tokens.starts(), whole.starts())
                                && Arrays.equals(tokens.ends(), whole.ends()))
                .isPresent();
    }

    /**
     * Only the ids are fetched: DJL's own encoding also copies the text, type, word and mask of
     * every token out of the native library, which takes longer than tokenising.
     */
    private int[] ids(String text, boolean addTokens) {
        check(text);
        long encoding = LIB.encode(tokenizer.getHandle(), text, addTokens);
        try {
            return toInts(LIB.getTokenIds(encoding));
        } finally {
            LIB.deleteEncoding(encoding);
        }
    }

    private static void check(String text) {
        UnicodeDefect.find(text)
                .ifPresent(defect -> {
                    throw new IllegalArgumentException("Text holds " + defect);
                });
    }

    /** SHA-256 of {@code tokenizer.json}, in hex. */
    String fingerprint() {
        return FileHash.of(file);
    }

    /**
     * DJL counts code points. Gives the UTF-16 index of each code point, or null if both counts
     * agree.
     */
    private static int @Nullable [] utf16Index(String text) {
        int codePoints = text.codePointCount(0, text.length());
        if (codePoints == text.length()) {
            return null;
        }
        int[] index = new int[codePoints + 1];
        for (int i = 0, at = 0; i < codePoints; i++) {
            at += Character.charCount(text.codePointAt(at));
            index[i + 1] = at;
        }
        return index;
    }

    private static int[] toInts(long[] ids) {
        int[] ints = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ints[i] = Math.toIntExact(ids[i]);
        }
        return ints;
    }
}
