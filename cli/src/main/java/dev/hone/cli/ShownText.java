package dev.hone.cli;

import java.io.PrintWriter;

/** Rows in a terminal: trained text coloured, or in brackets where there are no colours. */
final class ShownText {
    private static final String RESET = "\033[0m";
    private static final String DIM = "\033[2m";
    private static final String TRAINED = "\033[32m";
    private static final String PARTLY = "\033[33m";
    private static final String SPECIAL = "\033[35m";
    private static final String UNDERLINE = "\033[4m";

    private final PrintWriter out;
    private final boolean colour;
    private final boolean tokens;
    private boolean any;

    /**
     * @param tokens whether to show where each token ends
     */
    ShownText(PrintWriter out, boolean colour, boolean tokens) {
        this.out = out;
        this.colour = colour;
        this.tokens = tokens;
    }

    void print(ShownRow row) {
        if (any) {
            out.println();
        } else if (colour) {
            out.printf(
                    "%strained%s  %strained with a weight below 1%s  %scontext%s  %sspecial token%s%n%n",
                    TRAINED, RESET, PARTLY, RESET, DIM, RESET, SPECIAL, RESET);
        }
        any = true;
        out.printf("%s  %s%n", row.source(), row.facts());
        if (!row.remarks().isEmpty()) {
            out.printf("note: %s%n", row.remarks());
        }
        if (!row.pieces().isEmpty()) {
            out.println(colour ? coloured(row) : bracketed(row));
        }
    }

    /** Special tokens that are trained are underlined, as is every other token where asked. */
    private String coloured(ShownRow row) {
        StringBuilder text = new StringBuilder();
        boolean odd = false;
        for (TokenPiece piece : row.pieces()) {
            text.append(colourOf(piece));
            if ((tokens && odd) || (piece.special() && piece.trained())) {
                text.append(UNDERLINE);
            }
            text.append(visible(piece.text())).append(RESET);
            odd = !odd;
        }
        return text.toString();
    }

    private static String colourOf(TokenPiece piece) {
        if (piece.special()) {
            return SPECIAL;
        }
        if (!piece.trained()) {
            return DIM;
        }
        return piece.weight() < 1 ? PARTLY : TRAINED;
    }

    private String bracketed(ShownRow row) {
        StringBuilder text = new StringBuilder();
        boolean open = false;
        boolean first = true;
        for (TokenPiece piece : row.pieces()) {
            if (open && !piece.trained()) {
                text.append('⟧');
            } else if (tokens && !first && open == piece.trained()) {
                text.append('|');
            }
            if (!open && piece.trained()) {
                text.append('⟦');
            }
            open = piece.trained();
            first = false;
            text.append(visible(piece.text()));
        }
        return text.append(open ? "⟧" : "").toString();
    }

    /** Control characters as pictures, so that data cannot steer the terminal. */
    private static String visible(String text) {
        StringBuilder visible = new StringBuilder();
        text.chars()
                .forEach(c ->
                        visible.append(
                                (char)
                                        (c == '\n'
                                                        || c == '\t'
                                                        || c >= 0xA0
                                                        || (c >= 0x20 && c < 0x7F)
                                                ? c
                                                : c < 0x20 ? 0x2400 + c : 0x2421)));
        return visible.toString();
    }
}
