package dev.hone.template;

import java.util.Arrays;

/** Line and column of each index of a source text. */
final class SourceMap {

    private final int[] lineStarts;

    SourceMap(String source) {
        int[] starts = new int[16];
        int lines = 1;
        for (int i = source.indexOf('\n'); i >= 0; i = source.indexOf('\n', i + 1)) {
            if (lines == starts.length) {
                starts = Arrays.copyOf(starts, lines * 2);
            }
            starts[lines++] = i + 1;
        }
        lineStarts = Arrays.copyOf(starts, lines);
    }

    Place place(int index) {
        int found = Arrays.binarySearch(lineStarts, index);
        int line = found >= 0 ? found : -found - 2;
        return new Place(line + 1, index - lineStarts[line] + 1);
    }
}
