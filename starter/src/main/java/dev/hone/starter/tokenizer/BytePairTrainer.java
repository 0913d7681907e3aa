package dev.hone.starter.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/**
 * Learns byte-pair merges: again and again the most frequent pair of neighbouring symbols becomes a
 * symbol of its own.
 *
 * <p>Source: Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword
 * Units", 2016, on bytes as in GPT-2. Equal counts are decided by the smaller left symbol and then
 * the smaller right one, so the result depends on the counts alone.
 */
final class BytePairTrainer {
    /**
     * Two symbols that become one. Symbols 0 to 255 are the bytes; merge {@code i} makes symbol
     * {@code 256 + i}.
     */
    record Merge(int left, int right) {}

    private record Candidate(Merge pair, long count) {}

    private final List<int[]> pieces = new ArrayList<>();
    private final List<Long> frequencies = new ArrayList<>();
    private final Map<Merge, Long> counts = new HashMap<>();
    private final Map<Merge, Set<Integer>> places = new HashMap<>();
    private final PriorityQueue<Candidate> queue =
            new PriorityQueue<>(
                    Comparator.comparingLong((Candidate c) -> -c.count())
                            .thenComparingInt(c -> c.pair().left())
                            .thenComparingInt(c -> c.pair().right()));

    private BytePairTrainer(Map<String, Long> pieceCounts) {
        new TreeMap<>(pieceCounts)
                .forEach((piece, count) -> {
                    byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
                    int[] symbols = new int[bytes.length];
                    for (int i = 0; i < bytes.length; i++) {
                        symbols[i] = bytes[i] & 0xFF;
                    }
                    pieces.add(symbols);
                    frequencies.add(count);
                });
        for (int piece = 0; piece < pieces.size(); piece++) {
            count(piece, 1);
        }
        counts.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
    }

    /**
     * The first {@code count} merges for pieces with the given frequencies, most frequent first.
     *
     * @throws IllegalArgumentException when the pieces hold fewer pairs to merge
     */
    static List<Merge> train(Map<String, Long> pieceCounts, int count) {
        BytePairTrainer trainer = new BytePairTrainer(pieceCounts);
        List<Merge> merges = new ArrayList<>();
        while (merges.size() < count) {
            Candidate best = trainer.queue.poll();
            if (best == null) {
                throw new IllegalArgumentException(
                        "found only "
                                + merges.size()
                                + " pairs to merge, expected "
                                + count
                                + ": give a longer text or a smaller vocabulary");
            }
            if (best.count() == trainer.counts.getOrDefault(best.pair(), 0L) && best.count() > 0) {
                trainer.apply(best.pair(), 256 + merges.size());
                merges.add(best.pair());
            }
        }
        return List.copyOf(merges);
    }

    private void apply(Merge pair, int symbol) {
        Set<Merge> changed = new HashSet<>();
        for (int piece : List.copyOf(places.getOrDefault(pair, Set.of()))) {
            changed.addAll(count(piece, -1));
            pieces.set(piece, merged(pieces.get(piece), pair, symbol));
            changed.addAll(count(piece, 1));
        }
        for (Merge touched : changed) {
            queue.add(new Candidate(touched, counts.getOrDefault(touched, 0L)));
        }
    }

    /** Adds ({@code sign} 1) or takes away ({@code sign} -1) the pairs of a piece; returns them. */
    private List<Merge> count(int piece, int sign) {
        int[] symbols = pieces.get(piece);
        List<Merge> pairs = new ArrayList<>();
        for (int i = 0; i + 1 < symbols.length; i++) {
            Merge pair = new Merge(symbols[i], symbols[i + 1]);
            counts.merge(pair, sign * frequencies.get(piece), Long::sum);
            Set<Integer> held = places.computeIfAbsent(pair, key -> new HashSet<>());
            if (sign > 0) {
                held.add(piece);
            } else {
                held.remove(piece);
            }
            pairs.add(pair);
        }
        return pairs;
    }

    private static int[] merged(int[] symbols, Merge pair, int symbol) {
        int[] out = new int[symbols.length];
        int length = 0;
        for (int i = 0; i < symbols.length; i++) {
            boolean here =
                    i + 1 < symbols.length
                            && symbols[i] == pair.left()
                            && symbols[i + 1] == pair.right();
            out[length++] = here ? symbol : symbols[i];
            if (here) {
                i++;
            }
        }
        return Arrays.copyOf(out, length);
    }
}
