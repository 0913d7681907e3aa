package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Whatever stands in a file, reading it ends, and ends in rows and faults with their places. */
@Tag("property")
class RowFuzzTest {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static final List<String> SEEDS =
            List.of(
                    "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"U\"}]}, {\"role\": \"assistant\", \"content\": null, \"weight\": 1, \"tool_calls\": [{\"id\": \"c\", \"type\": \"function\", \"function\": {\"name\": \"f\", \"arguments\": \"{}\"}}]}], \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\"}}], \"parallel_tool_calls\": true}",
                    "{\"conversations\": [{\"from\": \"human\", \"value\": \"U\"}, {\"from\": \"function_call\", \"value\": \"{\\\"name\\\": \\\"f\\\", \\\"arguments\\\": {}}\"}], \"system\": \"S\", \"tools\": \"[]\"}",
                    "{\"instruction\": \"I\", \"input\": \"\", \"output\": \"O\", \"history\": [[\"u\", \"a\"]]}",
                    "{\"prompt\": [{\"role\": \"user\", \"content\": \"U\"}], \"completion\": \"C\", \"label\": true}",
                    "{\"prompt\": \"P\", \"chosen\": [{\"role\": \"assistant\", \"content\": \"A\"}], \"rejected\": {\"role\": \"assistant\", \"content\": \"B\"}}",
                    "{\"input\": {\"messages\": [{\"role\": \"user\", \"content\": \"U\"}]}, \"preferred_completion\": [{\"role\": \"assistant\", \"content\": \"A\"}], \"non_preferred_completion\": [{\"role\": \"assistant\", \"content\": \"B\"}]}",
                    "{\"segments\": [{\"label\": true, \"text\": \"T\"}]}",
                    "{\"input_ids\": [1, 2, 3], \"labels\": [-100, 2, 3], \"attention_mask\": [1, 1, 1]}",
                    "{\"text\": \"T\"}");

    @TempDir Path temp;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void jsonOfAnyShapeIsARowOrAFault(long seed) {
        Random random = new Random(seed);
        Path file = temp.resolve("rows.jsonl");
        for (int i = 0; i < 400; i++) {
            JsonNode row = MAPPER.readTree(SEEDS.get(random.nextInt(SEEDS.size())));
            for (int change = random.nextInt(4); change >= 0; change--) {
                row = changed(row, random);
            }
            if (!row.isObject()) {
                continue;
            }
            String line = row.toString();
            RowsOf found = RowsOf.text(file, line + "\n");
            assertThat(found.rows().size() + found.problems().size()).as(line).isEqualTo(1);
            assertThat(found.problems()).allMatch(fault -> fault.startsWith(file + ":1: "));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows.jsonl", "rows.csv", "rows.tsv"})
    void bytesOfAnyKindEndInFaultsAtMost(String name) throws Exception {
        Random random = new Random(9);
        Path file = temp.resolve(name);
        for (int i = 0; i < 300; i++) {
            byte[] bytes =
                    (String.join("\n", SEEDS) + "\ntext,label\n\"a\",b\n")
                            .getBytes(StandardCharsets.UTF_8);
            for (int change = random.nextInt(40); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            if (i % 3 == 0) {
                byte[][] magics = {
                    {0x1f, (byte) 0x8b},
                    {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd},
                    {'P', 'A', 'R', '1'},
                    {'['}
                };
                byte[] magic = magics[random.nextInt(magics.length)];
                System.arraycopy(magic, 0, bytes, 0, magic.length);
            }
            Files.write(file, bytes);
            RowsOf found = RowsOf.file(file);
            assertThat(found.rows().size() + found.problems().size()).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"text\":", "{\"messages\": ["})
    void nestingWithoutEndIsAFault(String open) {
        RowsOf found = RowsOf.text(temp.resolve("rows.jsonl"), open.repeat(100_000) + "\n");
        assertThat(found.rows()).isEmpty();
        assertThat(found.problems()).hasSize(1);
    }

    /** The same tree with one value, somewhere in it, replaced, removed or repeated. */
    private static JsonNode changed(JsonNode node, Random random) {
        if (node instanceof ObjectNode object && !object.isEmpty() && random.nextInt(8) > 0) {
            List<String> keys = new ArrayList<>(object.propertyNames());
            String key = keys.get(random.nextInt(keys.size()));
            if (random.nextInt(8) == 0) {
                object.remove(key);
            } else {
                object.set(key, changed(object.path(key), random));
            }
            return object;
        }
        if (node instanceof ArrayNode array && !array.isEmpty() && random.nextInt(8) > 0) {
            int at = random.nextInt(array.size());
            if (random.nextInt(8) == 0) {
                array.add(array.get(at));
            } else {
                array.set(at, changed(array.get(at), random));
            }
            return array;
        }
        return switch (random.nextInt(9)) {
            case 0 -> MAPPER.nullNode();
            case 1 -> MAPPER.createObjectNode();
            case 2 -> MAPPER.createArrayNode();
            case 3 -> MAPPER.getNodeFactory().numberNode(random.nextInt(3) - 1);
            case 4 -> MAPPER.getNodeFactory().numberNode(1.5);
            case 5 -> MAPPER.getNodeFactory().booleanNode(random.nextBoolean());
            case 6 -> MAPPER.getNodeFactory().stringNode("{\"name\": \"f\"}");
            case 7 -> MAPPER.getNodeFactory().stringNode("");
            default -> MAPPER.readTree("[{\"role\": \"user\"}, [null], \"x\"]");
        };
    }
}
