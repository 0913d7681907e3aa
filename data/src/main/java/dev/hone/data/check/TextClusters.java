package dev.hone.data.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Spherical k-means over the TF-IDF vectors of short texts. The starting centres are drawn by
 * k-means++ from a fixed seed, so the same texts always give the same clusters. Texts without a
 * telling word make a cluster of their own.
 *
 * <p>Sources: Dhillon, Modha, Concept decompositions for large sparse text data, 2001; Arthur,
 * Vassilvitskii, k-means++: the advantages of careful seeding, 2007.
 */
final class TextClusters {

    private static final int MOST_CLUSTERS = 12;
    private static final int MOST_WORDS = 120;
    private static final int ROUNDS = 12;
    private static final int NAMING_WORDS = 4;
    private static final long SEED = 42;

    /** Further English words that every input may have. */
    private static final Set<String> COMMON =
            Set.of(
                    "about",
                    "also",
                    "any",
                    "been",
                    "could",
                    "did",
                    "does",
                    "following",
                    "get",
                    "give",
                    "given",
                    "had",
                    "has",
                    "here",
                    "hello",
                    "into",
                    "just",
                    "know",
                    "let",
                    "like",
                    "make",
                    "more",
                    "most",
                    "need",
                    "new",
                    "now",
                    "one",
                    "only",
                    "other",
                    "our",
                    "out",
                    "please",
                    "she",
                    "should",
                    "some",
                    "still",
                    "tell",
                    "than",
                    "thank",
                    "thanks",
                    "then",
                    "these",
                    "this",
                    "those",
                    "too",
                    "two",
                    "use",
                    "used",
                    "using",
                    "very",
                    "want",
                    "well",
                    "were",
                    "when",
                    "where",
                    "which",
                    "while",
                    "who",
                    "why",
                    "would",
                    "yes",
                    "yet",
                    "him",
                    "her",
                    "all",
                    "may",
                    "must",
                    "such",
                    "each",
                    "both",
                    "over",
                    "under",
                    "between",
                    "after",
                    "before");

    private final Map<String, Integer> ids = new HashMap<>();
    private final List<String> words = new ArrayList<>();
    private final double[] idf;
    private final List<Vector> vectors;
    private final int[] cluster;
    private float[][] centres;

    /**
     * A sparse unit vector.
     *
     * @param ids word ids, ascending
     */
    @SuppressWarnings("ArrayRecordComponent") // arrays are handed over, never copied or compared
    private record Vector(int[] ids, float[] values) {

        double dot(float[] dense) {
            double sum = 0;
            for (int i = 0; i < ids.length; i++) {
                sum += values[i] * dense[ids[i]];
            }
            return sum;
        }
    }

    /** Clusters of at least one text. */
    static TextClusters of(List<String> texts) {
        return new TextClusters(texts);
    }

    private TextClusters(List<String> texts) {
        idf = weights(texts);
        vectors = texts.stream().map(this::vector).toList();
        cluster = new int[texts.size()];
        int count = Math.clamp(Math.round(Math.sqrt(texts.size() / 4.0)), 1, MOST_CLUSTERS);
        centres = seeds(count);
        for (int round = 0; round < ROUNDS; round++) {
            if (!assign()) {
                break;
            }
            centres = means();
        }
        assign();
        dropEmpty();
    }

    int count() {
        return centres.length;
    }

    /** Texts in a cluster. */
    long size(int of) {
        return Arrays.stream(cluster).filter(c -> c == of).count();
    }

    /** The cluster a further text belongs to. */
    int nearest(String text) {
        return nearest(vector(text));
    }

    /** The text nearest to the centre of a cluster. */
    int typical(int of) {
        return IntStream.range(0, cluster.length)
                .filter(i -> cluster[i] == of)
                .boxed()
                .max(Comparator.comparingDouble((Integer i) -> vectors.get(i).dot(centres[of])))
                .orElseThrow();
    }

    /** The words with the most weight in the centre of a cluster. */
    List<String> words(int of) {
        float[] centre = centres[of];
        return IntStream.range(0, centre.length)
                .filter(i -> centre[i] > 0)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -centre[i]))
                .limit(NAMING_WORDS)
                .map(words::get)
                .toList();
    }

    /**
     * Inverse document frequency of each word. Words in one text only and in more than half of all
     * say nothing and get 0.
     */
    private double[] weights(List<String> texts) {
        Map<String, Integer> frequency = new HashMap<>();
        for (String text : texts) {
            Set<String> seen = new HashSet<>(Words.of(text, MOST_WORDS));
            seen.forEach(word -> frequency.merge(word, 1, Integer::sum));
        }
        frequency.entrySet().stream()
                .filter(entry -> entry.getValue() > 1 && 2 * entry.getValue() <= texts.size())
                .map(Map.Entry::getKey)
                .filter(TextClusters::isTelling)
                .sorted()
                .forEach(word -> {
                    ids.put(word, words.size());
                    words.add(word);
                });
        return words.stream()
                .mapToDouble(
                        word -> Math.log((double) texts.size() / frequency.getOrDefault(word, 1)))
                .toArray();
    }

    /** No number, no small word; a Chinese character says as much as a word. */
    private static boolean isTelling(String word) {
        return (word.length() > 2 || word.charAt(0) > 0x2E80)
                && !Character.isDigit(word.charAt(0))
                && !Language.isSmallWord(word)
                && !COMMON.contains(word);
    }

    private Vector vector(String text) {
        Map<Integer, Integer> counts = new HashMap<>();
        for (String word : Words.of(text, MOST_WORDS)) {
            Integer id = ids.get(word);
            if (id != null) {
                counts.merge(id, 1, Integer::sum);
            }
        }
        int[] at = counts.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        float[] values = new float[at.length];
        double square = 0;
        for (int i = 0; i < at.length; i++) {
            values[i] = (float) ((1 + Math.log(counts.getOrDefault(at[i], 1))) * idf[at[i]]);
            square += values[i] * values[i];
        }
        float norm = square == 0 ? 1 : (float) Math.sqrt(square);
        for (int i = 0; i < values.length; i++) {
            values[i] /= norm;
        }
        return new Vector(at, values);
    }

    /** Each centre is a text, drawn with the chance that it is unlike all centres so far. */
    private float[][] seeds(int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<float[]> chosen = new ArrayList<>();
        double[] distance = new double[vectors.size()];
        for (int i = 0; i < distance.length; i++) {
            distance[i] = vectors.get(i).ids().length > 0 ? 1 : 0;
        }
        double total = Arrays.stream(distance).sum();
        while (chosen.size() < count && total > 1e-6) {
            double at = random.nextDouble() * total;
            int next = 0;
            while (next < distance.length - 1 && at >= distance[next]) {
                at -= distance[next];
                next++;
            }
            float[] centre = dense(vectors.get(next));
            chosen.add(centre);
            for (int i = 0; i < distance.length; i++) {
                double one = Math.max(0, 1 - vectors.get(i).dot(centre));
                distance[i] = Math.min(distance[i], one * one);
            }
            total = Arrays.stream(distance).sum();
        }
        chosen.add(new float[words.size()]);
        return chosen.toArray(float[][]::new);
    }

    private float[] dense(Vector vector) {
        float[] dense = new float[words.size()];
        for (int i = 0; i < vector.ids().length; i++) {
            dense[vector.ids()[i]] = vector.values()[i];
        }
        return dense;
    }

    /** Whether any text changed its cluster. */
    private boolean assign() {
        boolean changed = false;
        for (int i = 0; i < cluster.length; i++) {
            int best = nearest(vectors.get(i));
            changed |= best != cluster[i];
            cluster[i] = best;
        }
        return changed;
    }

    /** The last centre is that of texts without a telling word, for as long as there are any. */
    private int nearest(Vector vector) {
        int best = centres.length - 1;
        double most = 0;
        for (int c = 0; c < centres.length; c++) {
            double similarity = vector.dot(centres[c]);
            if (similarity > most) {
                most = similarity;
                best = c;
            }
        }
        return best;
    }

    private float[][] means() {
        float[][] sums = new float[centres.length][words.size()];
        for (int i = 0; i < cluster.length; i++) {
            Vector vector = vectors.get(i);
            for (int j = 0; j < vector.ids().length; j++) {
                sums[cluster[i]][vector.ids()[j]] += vector.values()[j];
            }
        }
        for (float[] sum : sums) {
            double square = 0;
            for (float value : sum) {
                square += value * value;
            }
            float norm = square == 0 ? 1 : (float) Math.sqrt(square);
            for (int i = 0; i < sum.length; i++) {
                sum[i] /= norm;
            }
        }
        return sums;
    }

    private void dropEmpty() {
        int[] kept = IntStream.range(0, centres.length).filter(c -> size(c) > 0).toArray();
        centres = Arrays.stream(kept).mapToObj(c -> centres[c]).toArray(float[][]::new);
        for (int i = 0; i < cluster.length; i++) {
            cluster[i] = Arrays.binarySearch(kept, cluster[i]);
        }
    }
}
