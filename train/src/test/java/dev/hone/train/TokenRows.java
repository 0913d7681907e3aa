package dev.hone.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Twelve rows of 8 to 27 random tokens, for the tiny models of the golden fixtures. */
final class TokenRows {
    private static final long SEED = 5;

    private TokenRows() {}

    /** Writes {@code rows.jsonl} into a folder. */
    static void write(Path folder) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String ids =
                    random.ints(8 + random.nextInt(20), 3, 250)
                            .mapToObj(Integer::toString)
                            .collect(Collectors.joining(","));
            rows.add("{\"input_ids\":[" + ids + "]}");
        }
        Files.write(folder.resolve("rows.jsonl"), rows);
    }
}
