package dev.hone.data.check;

import java.util.List;

/** Secrets and personal data, in every text of a row. */
record SensitiveCheck(Sensitive kind) implements Check.OfRow {

    @Override
    public void check(CheckedRow row, Findings out) {
        for (CheckedRow.Part part : row.parts()) {
            List<Sensitive.Hit> hits = kind.find(part.text());
            if (!hits.isEmpty()) {
                Sensitive.Hit first = hits.getFirst();
                String more = hits.size() > 1 ? ", and %d more".formatted(hits.size() - 1) : "";
                out.add(
                        row,
                        kind.code(),
                        "%s holds %s, %s%s"
                                .formatted(
                                        part.name(),
                                        first.what(),
                                        Sensitive.mask(part.text(), first),
                                        more),
                        kind.accepted());
            }
        }
    }
}
