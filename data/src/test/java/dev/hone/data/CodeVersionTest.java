package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.hone.template.ChatTemplate;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeVersionTest {

    @TempDir Path temp;

    @Test
    void anyByteOfAnyFileCounts() throws Exception {
        Path inner = Files.createDirectories(temp.resolve("a/b"));
        Path file = Files.writeString(inner.resolve("X.class"), "one");
        String before = CodeVersion.of(temp);
        assertThat(CodeVersion.of(temp)).isEqualTo(before).hasSize(64);
        Files.writeString(file, "two");
        assertThat(CodeVersion.of(temp)).isNotEqualTo(before);
        Files.writeString(file, "one");
        Files.move(file, inner.resolve("Y.class"));
        assertThat(CodeVersion.of(temp)).isNotEqualTo(before);
        Path jar = Files.writeString(temp.resolve("x.jar"), "jar");
        assertThat(CodeVersion.of(jar)).isNotEqualTo(CodeVersion.of(temp)).hasSize(64);
    }

    @Test
    void classesOfSeveralModulesEachCount() {
        assertThat(CodeVersion.of(Row.class, ChatTemplate.class).split(" "))
                .hasSize(2)
                .doesNotHaveDuplicates();
        assertThat(CodeVersion.library(HuggingFaceTokenizer.class))
                .matches("tokenizers-\\d+\\.\\d+\\.\\d+\\.jar");
    }
}
