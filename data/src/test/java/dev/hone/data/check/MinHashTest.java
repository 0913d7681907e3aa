package dev.hone.data.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.data.Row;
import dev.hone.data.RowKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MinHashTest {

    private final MinHash minHash = new MinHash();

    @Test
    void agreementEstimatesTheJaccardSimilarity() {
        Random random = new Random(7);
        double largest = 0;
        for (int changed = 0; changed <= 40; changed += 4) {
            List<String> words = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                words.add("w" + random.nextInt(1_000_000));
            }
            List<String> other = new ArrayList<>(words);
            for (int i = 0; i < changed; i++) {
                other.set(i * 5, "v" + random.nextInt(1_000_000));
            }
            double exact = jaccard(words, other);
            double estimate = agreement(String.join(" ", words), String.join(" ", other));
            largest = Math.max(largest, Math.abs(exact - estimate));
        }
        System.out.printf("largest difference of MinHash and Jaccard: %.3f%n", largest);

        // Four standard errors of 72 hashes at similarity one half.
        assertThat(largest).isLessThan(0.24);
    }

    private double agreement(String a, String b) {
        short[] x = minHash.signature(a, 3);
        short[] y = minHash.signature(b, 3);
        int equal = 0;
        for (int i = 0; i < x.length; i++) {
            equal += x[i] == y[i] ? 1 : 0;
        }
        return (double) equal / x.length;
    }

    private static double jaccard(List<String> a, List<String> b) {
        Set<List<String>> x = shingles(a);
        Set<List<String>> union = new HashSet<>(x);
        Set<List<String>> y = shingles(b);
        union.addAll(y);
        x.retainAll(y);
        return (double) x.size() / union.size();
    }

    private static Set<List<String>> shingles(List<String> words) {
        Set<List<String>> shingles = new HashSet<>();
        for (int i = 0; i + MinHash.SHINGLE <= words.size(); i++) {
            shingles.add(List.copyOf(words.subList(i, i + MinHash.SHINGLE)));
        }
        return shingles;
    }

    @Test
    void aTextOfTooFewWordsHasNoSignature() {
        assertThat(minHash.signature("one two", 3)).isEmpty();
        assertThat(minHash.signature("one two three", 3)).hasSize(MinHash.SIZE);
        assertThat(minHash.signature("one two three", 4)).isEmpty();
        assertThat(minHash.signature("", 0)).isEmpty();
    }

    @Test
    void theIndexFindsNearRowsAmongMany() {
        MinHashIndex index = new MinHashIndex();
        Random random = new Random(11);
        List<String> texts = new ArrayList<>();
        for (int row = 0; row < 10_000; row++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 60; i++) {
                text.append(" w").append(random.nextInt(50_000));
            }
            texts.add(text.toString());
            index.add(minHash.signature(text.toString(), 3), row);
        }

        int found = 0;
        for (int row = 0; row < 10_000; row += 10) {
            MinHashIndex.Match match =
                    index.nearest(minHash.signature(texts.get(row) + " and three more", 3));
            found += match.row() == row ? 1 : 0;
        }

        assertThat(found / 1000.0).isCloseTo(1, within(0.005));
        assertThat(index.nearest(minHash.signature("nothing like any of them at all", 3)).row())
                .isEqualTo(-1);
    }

    @Test
    void theKeyIndexKeepsTheFirstRowOfEachKeyWhileItGrows() {
        KeyIndex index = new KeyIndex();
        for (int row = 0; row < 20_000; row++) {
            assertThat(index.firstOrAdd(key(row), row)).isEqualTo(-1);
        }
        for (int row = 0; row < 20_000; row++) {
            assertThat(index.firstOrAdd(key(row), 99_999)).isEqualTo(row);
        }
    }

    private static RowKey key(int row) {
        return RowKey.of(new Row.Text("", "row " + row));
    }
}
