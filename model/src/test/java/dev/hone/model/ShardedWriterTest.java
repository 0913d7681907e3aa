package dev.hone.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.model.SafetensorsWriter.Content;
import dev.hone.tensor.DType;
import dev.hone.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardedWriterTest {
    @TempDir private Path folder;

    private static List<Content> contents(int... sizes) {
        return IntStream.range(0, sizes.length)
                .mapToObj(i ->
                        new Content(
                                "t" + i, DType.U8, Shape.of(sizes[i]), () -> new byte[sizes[i]]))
                .toList();
    }

    private static List<List<String>> names(long limit, int... sizes) {
        return ShardedWriter.shards(contents(sizes), limit).stream()
                .map(shard -> shard.stream().map(Content::name).toList())
                .toList();
    }

    @Test
    void aFileIsFilledInOrderUntilTheNextTensorWouldExceedTheLimit() {
        assertThat(names(10, 6, 6, 2, 6, 2, 2))
                .containsExactly(List.of("t0"), List.of("t1", "t2"), List.of("t3", "t4", "t5"));
        assertThat(names(10, 10)).containsExactly(List.of("t0"));
        assertThat(names(10, 5, 5)).containsExactly(List.of("t0", "t1"));
    }

    @Test
    void aTensorAboveTheLimitHasAFileOfItsOwnBeforeTheOneBeingFilled() {
        assertThat(names(10, 4, 11, 4, 4))
                .containsExactly(List.of("t1"), List.of("t0", "t2"), List.of("t3"));
    }

    @Test
    void severalFilesHaveAnIndexAndOneHasNone() throws IOException {
        ShardedWriter.write(folder, contents(3, 3), 6, 10);
        assertThat(folder.toFile().list()).containsExactly("model.safetensors");
        Path sharded = Files.createDirectory(folder.resolve("sharded"));
        ShardedWriter.write(sharded, contents(3, 3), 6, 5);
        assertThat(sharded.toFile().list())
                .containsExactlyInAnyOrder(
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors",
                        "model.safetensors.index.json");
        assertThat(sharded.resolve("model.safetensors.index.json"))
                .hasContent(
                        """
                        {
                          "metadata": {
                            "total_parameters": 6,
                            "total_size": 6
                          },
                          "weight_map": {
                            "t0": "model-00001-of-00002.safetensors",
                            "t1": "model-00002-of-00002.safetensors"
                          }
                        }
                        """);
    }
}
