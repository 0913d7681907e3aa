package dev.hone.data;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * All examples of a run. They lie in a file that is mapped into memory, and an example is made anew
 * each time it is asked for, so a data set may be larger than memory.
 *
 * @param train examples to train on, in file order
 * @param holdout examples kept from training, in file order
 * @param mixture how often an epoch sees each example to train on
 * @param report what became of every row
 */
public record Dataset(
        List<Example> train, List<Example> holdout, Mixture mixture, DataReport report) {

    /**
     * Reads, tokenises and splits all rows, or finds them prepared in the cache.
     *
     * @throws DataException if a file cannot be used; all faults of all files are collected first
     */
    public static Dataset load(DataSpec spec, Tokenizer tokenizer, ChatFormat format) {
        return load(
                spec,
                new ExampleBuilder(
                        tokenizer, format, spec.maxLength(), spec.tooLong(), spec.trainOn()));
    }

    /** As {@link #load(DataSpec, Tokenizer, ChatFormat)}, with a builder of the caller's. */
    public static Dataset load(DataSpec spec, ExampleBuilder builder) {
        return PreparedCache.load(spec, builder);
    }

    /** What a prepared file says, with the weights that the sources have now. */
    static Dataset of(PreparedFile file, DataSpec spec, List<String> notices) {
        List<Mixture.Part> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < spec.train().size(); i++) {
            int to = file.meta().path("source_ends").path(i).intValue();
            parts.add(new Mixture.Part(from, to, spec.train().get(i).weight()));
            from = to;
        }
        return new Dataset(
                file.train(),
                file.holdout(),
                new Mixture(parts),
                DataReportJson.read(file.meta().path("report")).withNotices(notices));
    }

    /**
     * SHA-256 over all training tokens and weights in order, in hex: two runs see the same data if
     * it is the same.
     */
    public String fingerprint() {
        MessageDigest digest = RowKey.sha256();
        for (Example example : train) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(Math.addExact(4, Math.multiplyExact(8, example.length())));
            bytes.putInt(example.length());
            for (int i = 0; i < example.length(); i++) {
                bytes.putInt(example.ids()[i]).putFloat(example.weights()[i]);
            }
            digest.update(bytes.flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
