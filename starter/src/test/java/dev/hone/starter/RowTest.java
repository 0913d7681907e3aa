package dev.hone.starter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class RowTest {
    @Test
    void textIsOneObjectWithText() {
        assertThat(new Row.Text("a \"b\"\nc").toJson(JsonMapper.shared()))
                .isEqualTo("{\"text\":\"a \\\"b\\\"\\nc\"}");
    }

    @Test
    void aConversationIsMessagesInOrderWithRoleFirst() {
        assertThat(Row.chat("be brief", "hi", "hello").toJson(JsonMapper.shared()))
                .isEqualTo(
                        "{\"messages\":[{\"role\":\"system\",\"content\":\"be brief\"},"
                                + "{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\",\"content\":\"hello\"}]}");
    }
}
