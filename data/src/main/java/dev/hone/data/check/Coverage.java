package dev.hone.data.check;

import java.util.List;

/**
 * What kinds of input the rows have, and how many rows each.
 *
 * @param rows training rows with an input
 * @param sampled how many of them were compared; all of them in small files
 * @param holdoutRows held-back rows with an input
 * @param holdoutSampled how many of those were compared
 * @param clusters largest first
 */
public record Coverage(
        long rows, int sampled, long holdoutRows, int holdoutSampled, List<Cluster> clusters) {

    public Coverage {
        clusters = List.copyOf(clusters);
    }

    /**
     * Rows with similar inputs.
     *
     * @param words what sets their inputs apart, most telling first
     * @param rows training rows, an estimate if not all were compared
     * @param holdoutRows held-back rows, likewise
     * @param typical the row nearest to the centre
     * @param example beginning of that row's input
     */
    public record Cluster(
            List<String> words, long rows, long holdoutRows, Place typical, String example) {
        public Cluster {
            words = List.copyOf(words);
        }

        /** The words, or what there is without them. */
        public String name() {
            return words.isEmpty() ? "(no words in common)" : String.join(", ", words);
        }
    }

    /** Whether all rows were compared, so that counts are exact. */
    public boolean exact() {
        return sampled == rows && holdoutSampled == holdoutRows;
    }
}
