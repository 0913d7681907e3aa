package dev.hone.data.check;

import dev.hone.data.Built;
import dev.hone.data.Example;
import dev.hone.data.ExampleBuilder;
import dev.hone.data.Row;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of rows as tokens of a model: too long, nothing trained, refused by the template. It
 * sees the true training mask, that of {@link ExampleBuilder}.
 */
final class TokenCheck implements Check.OfAll<Optional<Built>> {

    private final ExampleBuilder builder;
    private final int maxLength;
    private final Set<dev.hone.data.Remark> remarked = EnumSet.noneOf(dev.hone.data.Remark.class);
    private long tokens;
    private long trained;
    private int longest;

    /**
     * @param builder one that keeps rows of any length
     * @param maxLength most tokens an example may have
     */
    TokenCheck(ExampleBuilder builder, int maxLength) {
        this.builder = builder;
        this.maxLength = maxLength;
    }

    /** Empty for rows that the checks without a model report, and for pairs and labels. */
    @Override
    public Optional<Built> sketch(CheckedRow row) {
        boolean supervised =
                !(row.row() instanceof Row.Preference || row.row() instanceof Row.Labelled);
        return supervised && TrainedTokenCheck.fault(row).isEmpty()
                ? Optional.of(builder.build(row.row()))
                : Optional.empty();
    }

    @Override
    public void add(CheckedRow row, Optional<Built> built, Findings out) {
        built.ifPresent(one -> {
            switch (one) {
                case Built.Kept kept -> kept(row, kept, out);
                case Built.Faulty faulty ->
                        out.add(
                                row,
                                Code.NOT_TRAINABLE,
                                Sensitive.mask(faulty.problem().text()),
                                "");
                case Built.Dropped _ -> {}
            }
        });
    }

    private void kept(CheckedRow row, Built.Kept kept, Findings out) {
        Example example = kept.example();
        int length = example.length();
        tokens += length;
        trained += example.supervisedTokens();
        longest = Math.max(longest, length);
        if (length > maxLength) {
            int lost = 0;
            int left = 0;
            for (int i = 0; i < length; i++) {
                if (example.weights()[i] > 0) {
                    lost += i >= maxLength ? 1 : 0;
                    left += i < maxLength ? 1 : 0;
                }
            }
            out.add(
                    row,
                    Code.TOO_LONG,
                    "the row has %,d tokens; cut to %,d it loses %,d, of which %,d are trained"
                            .formatted(length, maxLength, length - maxLength, lost),
                    "at most %,d".formatted(maxLength));
            if (left == 0) {
                out.add(
                        row,
                        Code.NO_TRAINED_TOKEN,
                        "all %,d trained tokens come after the first %,d"
                                .formatted(lost, maxLength),
                        "a trained token within max_length");
            }
        }
        // Each remark is about the template, so the first row that has it stands for all.
        kept.remarks().stream()
                .filter(remarked::add)
                .forEach(remark ->
                        out.add(
                                row,
                                Code.MASK_REMARK,
                                remark.text() + " (said for the first such row)",
                                ""));
    }

    /** What was counted. */
    TokenCounts counts() {
        return new TokenCounts(tokens, trained, longest);
    }
}
