package dev.hone.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Expected texts are Python 3.13's. */
class PythonJsonTest {
    private static final JsonNode VALUE =
            JsonMapper.shared()
                    .readTree(
                            """
                            {"b": [1, 2.0, 1e-6, 500000.0, 1e16, 1e15, -0.0, 0.1, 1e-4, 1e-5,
                                   123456789012345680.0, 0.20990842580795288,
                                   1.7976931348623157e308, 12345678901234567890],
                             "a": {"z": null, "y": true, "x": [], "w": {}},
                             "t": "Ünï \\"q\\" \\\\ \\n\\t\\b\\f\\r\\u007f\\u0001 😀/"}
                            """);

    @Test
    void compactIsAsDumpsWritesIt() {
        assertThat(PythonJson.compact(VALUE))
                .isEqualTo(
                        """
                        {"b": [1, 2.0, 1e-06, 500000.0, 1e+16, 1000000000000000.0, -0.0, 0.1, 0.0001, \
                        1e-05, 1.2345678901234568e+17, 0.20990842580795288, 1.7976931348623157e+308, \
                        12345678901234567890], "a": {"z": null, "y": true, "x": [], "w": {}}, \
                        "t": "\\u00dcn\\u00ef \\"q\\" \\\\ \\n\\t\\b\\f\\r\\u007f\\u0001 \\ud83d\\ude00/"}\
                        """);
    }

    @Test
    void prettyIsAsDumpsWritesItIndentedAndSorted() {
        assertThat(PythonJson.pretty(VALUE))
                .isEqualTo(
                        """
                        {
                          "a": {
                            "w": {},
                            "x": [],
                            "y": true,
                            "z": null
                          },
                          "b": [
                            1,
                            2.0,
                            1e-06,
                            500000.0,
                            1e+16,
                            1000000000000000.0,
                            -0.0,
                            0.1,
                            0.0001,
                            1e-05,
                            1.2345678901234568e+17,
                            0.20990842580795288,
                            1.7976931348623157e+308,
                            12345678901234567890
                          ],
                          "t": "\\u00dcn\\u00ef \\"q\\" \\\\ \\n\\t\\b\\f\\r\\u007f\\u0001 \\ud83d\\ude00/"
                        }\
                        """);
    }
}
