package dev.hone.data.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where every row of a pass stands, by its number: 8 bytes a row. */
final class Places {

    private final List<String> files = new ArrayList<>();
    private int[] file = new int[1024];
    private int[] line = new int[1024];
    private int size;

    /** Takes the place of the next row. */
    void add(Place place) {
        if (files.isEmpty() || !files.getLast().equals(place.file())) {
            files.add(place.file());
        }
        if (size == file.length) {
            int capacity = Math.multiplyExact(2, size);
            file = Arrays.copyOf(file, capacity);
            line = Arrays.copyOf(line, capacity);
        }
        file[size] = files.size() - 1;
        line[size] = Math.toIntExact(place.line());
        size++;
    }

    int size() {
        return size;
    }

    Place get(int row) {
        return new Place(files.get(file[row]), line[row]);
    }
}
