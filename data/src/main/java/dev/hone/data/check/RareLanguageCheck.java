package dev.hone.data.check;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Rows in a language that hardly any other row is in. A sketch is one byte. */
final class RareLanguageCheck implements Check.OfAll<Optional<Language>> {

    /** Rows with a clear language from which a share means something. */
    private static final int FEWEST_ROWS = 50;

    private static final double RARE = 0.02;
    private static final byte UNKNOWN = -1;

    private static final List<Language> LANGUAGES = List.of(Language.values());

    private final Places places;
    private final long[] rowsIn = new long[LANGUAGES.size()];
    private byte[] languages = new byte[1024];
    private int size;

    RareLanguageCheck(Places places) {
        this.places = places;
    }

    @Override
    public Optional<Language> sketch(CheckedRow row) {
        return Language.of(row.content());
    }

    @Override
    public void add(CheckedRow row, Optional<Language> language, Findings out) {
        if (size == languages.length) {
            languages = Arrays.copyOf(languages, Math.multiplyExact(2, size));
        }
        int index = language.map(LANGUAGES::indexOf).orElse((int) UNKNOWN);
        languages[size++] = (byte) index;
        if (index != UNKNOWN) {
            rowsIn[index]++;
        }
    }

    @Override
    public void finish(Findings out) {
        long known = Arrays.stream(rowsIn).sum();
        if (known < FEWEST_ROWS) {
            return;
        }
        int common = 0;
        for (int i = 0; i < rowsIn.length; i++) {
            common = rowsIn[i] > rowsIn[common] ? i : common;
        }
        for (int row = 0; row < size; row++) {
            byte language = languages[row];
            if (language != UNKNOWN && rowsIn[language] < RARE * known) {
                out.add(
                        new Finding(
                                places.get(row),
                                Code.RARE_LANGUAGE,
                                "the row is in %s, one of %,d such among %,d rows"
                                        .formatted(
                                                LANGUAGES.get(language).label(),
                                                rowsIn[language],
                                                known),
                                LANGUAGES.get(common).label()));
            }
        }
    }
}
