package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.data.BatchPlan;
import dev.hone.data.DataSource;
import dev.hone.data.DataSpec;
import dev.hone.data.Holdout;
import dev.hone.data.RowMapping;
import dev.hone.data.TrainOn;
import dev.hone.model.AdapterStart;
import dev.hone.model.LoraSpec;
import dev.hone.model.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunFileTest {
    private static final String GOOD =
            """
            model: base
            data:
              train: [a.jsonl, b.jsonl]
              holdout: 5%
            method: lora
            adapter: { rank: 8, alpha: 16, targets: [q_proj, v_proj] }
            training:
              epochs: 2
              rows_per_step: 4
              learning_rate: 1e-4
              warmup: 3%
            output: runs/x
            """;

    private static final String FULL =
            """
            model: base
            data: { train: a.jsonl }
            method: full
            training: { epochs: 2, schedule: constant }
            output: runs/x
            """;

    @TempDir private Path folder;

    private RunFile read(String yaml) throws IOException {
        return read(yaml, Map.of());
    }

    private RunFile read(String yaml, Map<String, String> changes) throws IOException {
        Path file = folder.resolve("run.yml");
        Files.writeString(file, yaml);
        return RunFile.read(file, changes);
    }

    @Test
    void keysHaveTheirValues() throws IOException {
        RunFile run = read(GOOD);
        assertThat(run.model()).isEqualTo(folder.resolve("base"));
        assertThat(run.data().train())
                .containsExactly(
                        DataSource.of(folder.resolve("a.jsonl")),
                        DataSource.of(folder.resolve("b.jsonl")));
        assertThat(run.data().holdout()).isEqualTo(new Holdout.Share(0.05));
        assertThat(run.training().learningRate()).isEqualTo(1e-4);
        assertThat(run.training().stepSize()).isEqualTo(new BatchPlan.StepSize.Rows(4));
        assertThat(run.training().warmup().steps(100)).isEqualTo(3);
        assertThat(run.method())
                .isInstanceOfSatisfying(
                        RunFile.Method.Lora.class,
                        lora ->
                                assertThat(lora.spec().modules())
                                        .containsExactly("q_proj", "v_proj"));
    }

    @Test
    void overridesWin() throws IOException {
        RunFile run = read(GOOD, Map.of("training.learning_rate", "3e-3", "output", "/elsewhere"));
        assertThat(run.training().learningRate()).isEqualTo(3e-3);
        assertThat(run.output()).isEqualTo(Path.of("/elsewhere"));
    }

    @Test
    void methodQloraQuantizesTheBaseTwiceUnlessToldOtherwise() throws IOException {
        RunFile run = read(GOOD.replace("method: lora", "method: qlora"));
        assertThat(run.method().base()).contains(new Quantization.Nf4(true));
        assertThat(read(run.resolved())).isEqualTo(run);
        RunFile plain =
                read(
                        GOOD.replace(
                                "method: lora",
                                "method: qlora\nquantization: { type: nf4, double: false }"));
        assertThat(plain.method().base()).contains(new Quantization.Nf4(false));
        assertThat(read(plain.resolved())).isEqualTo(plain);
        assertThat(plain.resolved()).contains("quantization:\n  type: nf4\n  double: false\n");
        RunFile eight =
                read(GOOD.replace("method: lora", "method: qlora\nquantization: { type: int8 }"));
        assertThat(eight.method().base()).contains(new Quantization.Int8());
        assertThat(read(eight.resolved())).isEqualTo(eight);
        assertThat(eight.resolved()).contains("quantization:\n  type: int8\n");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void methodQloraTakesAStoredBaseAsItIs(boolean doubled) throws IOException {
        Path model = Files.createDirectories(folder.resolve("base"));
        Files.writeString(
                model.resolve("config.json"),
                """
                {"quantization_config": {"load_in_4bit": true, "bnb_4bit_quant_type": "nf4",
                 "bnb_4bit_use_double_quant": %s}}
                """
                        .formatted(doubled));
        String qlora = GOOD.replace("method: lora", "method: qlora");
        assertThat(read(qlora).method().base()).contains(new Quantization.Nf4(doubled));
        Files.writeString(
                model.resolve("config.json"),
                "{\"quantization_config\": {\"load_in_8bit\": true}}");
        assertThat(read(qlora).method().base()).contains(new Quantization.Int8());
        assertThat(read(qlora, Map.of("quantization.type", "nf4")).method().base())
                .contains(new Quantization.Nf4(true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type: int4 | type': expected nf4 or int8, found 'int4'",
                "type: int8, double: false | double': it is for type nf4, whose scales can be quantized too"
            })
    void otherBasesAreRefused(String section, String message) {
        String yaml =
                GOOD.replace(
                        "method: lora", "method: qlora\nquantization: { %s }".formatted(section));
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(RunFileException.class)
                .hasMessage(
                        "%s:6: key 'quantization.%s".formatted(folder.resolve("run.yml"), message));
    }

    @Test
    void theResolvedFileReadsAsTheSameRun() throws IOException {
        RunFile run = read(GOOD);
        RunFile again = read(run.resolved());
        assertThat(again).isEqualTo(run);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "learning_rate: 1e-4 | learning_rte: 1e-4 | 10 | unknown key 'training.learning_rte'; did you mean 'training.learning_rate'?",
                "method: lora | metod: lora | 5 | unknown key 'metod'; did you mean 'method'?",
                "learning_rate: 1e-4 | learning_rate: fast | 10 | key 'training.learning_rate': expected a number of at least 0.0, found 'fast'",
                "epochs: 2 | epochs: 0 | 8 | key 'training.epochs': expected a whole number of at least 1, found '0'",
                "epochs: 2 | epochs: 2.5 | 8 | key 'training.epochs': expected a whole number of at least 1, found '2.5'",
                "holdout: 5% | holdout: 105% | 4 | key 'data.holdout': expected a share such as 5% or 0.05, or a file, found '105%'",
                "method: lora | method: dora | 5 | key 'method': expected full, lora or qlora, found 'dora'",
                "method: lora | quantization: {type: nf4} | 5 | key 'quantization': it is for method qlora, whose base is stored in fewer bits",
                "method: lora | method: full | 6 | key 'adapter': it is for method lora; method full trains every weight",
                "warmup: 3% | steps: 4 | 11 | key 'training.steps': give either epochs or steps, not both",
                "warmup: 3% | tokens_per_step: 4 | 9 | key 'training.rows_per_step': give either tokens_per_step or rows_per_step, not both",
                "warmup: 3% | epochs: 3 | 11 | key 'training.epochs' stands a second time; it was set on line 8"
            })
    void faultsNameLineAndKey(String good, String bad, int line, String message) {
        assertThatThrownBy(() -> read(GOOD.replace(good, bad)))
                .isInstanceOf(RunFileException.class)
                .hasMessage("%s:%d: %s".formatted(folder.resolve("run.yml"), line, message));
    }

    @Test
    void optimizersHaveTheirDefaults() throws IOException {
        OptimizerSection plain = read(GOOD).training().optimizer();
        assertThat(plain).isEqualTo(OptimizerSection.of(new AdamWRule(0.9, 0.999, 1e-8), 0));
        for (OptimizerRule rule : Optimizers.ALL) {
            RunFile run =
                    read(
                            FULL.replace(
                                    "epochs: 2, schedule: constant", "optimizer: " + rule.name()));
            assertThat(run.training().optimizer()).isEqualTo(OptimizerSection.of(rule, 0));
            assertThat(run.training().schedule())
                    .isEqualTo(rule.constantRate() ? Schedule.CONSTANT : Schedule.COSINE);
            assertThat(read(run.resolved())).isEqualTo(run);
        }
    }

    @Test
    void settingsOfOptimizersAreTheirOwn() throws IOException {
        assertThat(optimizer("optimizer: adamw_8bit, betas: [0.8, 0.95], eps: 1e-6"))
                .isEqualTo(new AdamW8BitRule(new AdamWRule(0.8, 0.95, 1e-6)));
        assertThat(
                        optimizer(
                                "optimizer: adafactor, decay_rate: 0.5, clip_threshold: 2, relative_step: true"))
                .isEqualTo(new AdafactorRule(0.5, 2, true));
        assertThat(optimizer("optimizer: lion, betas: [0.95, 0.98]"))
                .isEqualTo(new LionRule(0.95, 0.98));
        assertThat(optimizer("optimizer: muon, momentum: 0.9, betas: [0.8, 0.95], eps: 1e-6"))
                .isEqualTo(new MuonRule(0.9, new AdamWRule(0.8, 0.95, 1e-6)));
        assertThat(optimizer("optimizer: schedule_free_adamw, betas: [0.95, 0.99], eps: 1e-9"))
                .isEqualTo(new ScheduleFreeRule(0.95, 0.99, 1e-9));
    }

    private OptimizerRule optimizer(String keys) throws IOException {
        RunFile run = read(FULL.replace("{ epochs: 2, schedule: constant }", "{ " + keys + " }"));
        assertThat(read(run.resolved())).isEqualTo(run);
        return run.training().optimizer().rule();
    }

    @Test
    void fullTrainingMayDoWithoutMastersAndUpdateInTheBackwardPass() throws IOException {
        RunFile run =
                read(
                        FULL.replace(
                                "epochs: 2",
                                "master: none, update: in_backward, max_grad_norm: 0"));
        assertThat(run.training().optimizer().master()).isEqualTo(OptimizerSection.Master.NONE);
        assertThat(run.training().optimizer().update())
                .isEqualTo(OptimizerSection.Update.IN_BACKWARD);
        assertThat(run.training().microBatchTokens())
                .as("a step in one micro-batch")
                .isEqualTo(8192);
        assertThat(read(run.resolved())).isEqualTo(run);
        RunFile rows =
                read(
                        FULL.replace(
                                "epochs: 2",
                                "rows_per_step: 4, update: in_backward, max_grad_norm: 0"));
        assertThat(rows.training().microBatchTokens()).isEqualTo(4 * 2048);
    }

    @Test
    void loraPlusIsASettingOfTheAdapter() throws IOException {
        RunFile run = read(GOOD.replace("rank: 8,", "rank: 8, lora_plus_ratio: 16,"));
        assertThat(run.training().optimizer().loraPlusRatio()).isEqualTo(16);
        assertThat(read(run.resolved())).isEqualTo(run);
        assertThat(read(GOOD).training().optimizer().loraPlusRatio()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "optimizer: adam | optimizer | expected one of adamw, adamw_8bit, adafactor, lion, muon, schedule_free_adamw, found 'adam'",
                "momentum: 0.9 | momentum | optimizer adamw does not use it; it is for muon",
                "optimizer: lion, eps: 1e-8 | eps | optimizer lion does not use it; it is for adamw, adamw_8bit, muon, schedule_free_adamw",
                "optimizer: adafactor, betas: [0.9, 0.99] | betas | optimizer adafactor does not use it; it is for adamw, adamw_8bit, lion, muon, schedule_free_adamw",
                "optimizer: muon, relative_step: true | relative_step | optimizer muon does not use it; it is for adafactor",
                "betas: [0.9] | betas | expected two numbers from 0 to 1, such as [0.9, 0.999], found '[0.9]'",
                "betas: [0.9, 1] | betas | expected two numbers from 0 to 1, such as [0.9, 0.999], found '[0.9, 1]'",
                "optimizer: schedule_free_adamw, betas: [0, 0.9] | betas | expected a first one above 0, the share of the average in the weights, found '[0, 0.9]'",
                "optimizer: schedule_free_adamw, schedule: cosine | schedule | optimizer schedule_free_adamw averages weights instead of lowering the rate: set constant, or leave it out",
                "optimizer: muon, momentum: 1 | momentum | expected a number from 0.0 to 0.9999, found '1'",
                "optimizer: adafactor, clip_threshold: 0.5 | clip_threshold | expected a number of at least 1.0, found '0.5'",
                "master: fp16 | master | expected one of fp32, none, found 'fp16'",
                "master: none, dtype: fp32 | master | none is for dtype bf16; in fp32 the weights are their own masters",
                "update: later | update | expected one of after, in_backward, found 'later'",
                "update: in_backward | update | in_backward updates layers before the gradients of others are known, so their norm cannot be limited: set training.max_grad_norm: 0",
                "update: in_backward, max_grad_norm: 0, micro_batch_tokens: 4096 | micro_batch_tokens | with update: in_backward a step is one micro-batch: set it to at least tokens_per_step, which is 8192, or leave it out",
            })
    void faultsOfAnOptimizerSayWhatWouldDo(String keys, String key, String message) {
        assertThatThrownBy(() ->
                        read(FULL.replace("{ epochs: 2, schedule: constant }", "{ " + keys + " }")))
                .isInstanceOf(RunFileException.class)
                .hasMessage(
                        "%s:4: key 'training.%s': %s"
                                .formatted(folder.resolve("run.yml"), key, message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "optimizer: muon | optimizer | muon is for method full: its updates are for whole weight matrices, which the two factors of an adapter are not",
                "master: none | master | none is for method full; an adapter is small and keeps fp32 masters",
                "update: in_backward | update | in_backward is for method full; an adapter's gradients are small",
            })
    void whatIsForFullTrainingAloneIsRefusedForAdapters(String keys, String key, String message) {
        assertThatThrownBy(() -> read(GOOD.replace("epochs: 2", keys)))
                .isInstanceOf(RunFileException.class)
                .hasMessage(
                        "%s:8: key 'training.%s': %s"
                                .formatted(folder.resolve("run.yml"), key, message));
    }

    @Test
    void sourcesMayHaveKeysOfTheirOwn() throws IOException {
        RunFile run =
                read(
                        GOOD.replace(
                                "  train: [a.jsonl, b.jsonl]\n",
                                """
                                  train:
                                    - plain.jsonl
                                    - path: data/*.csv
                                      format: alpaca
                                      weight: 0.5
                                      columns: { instruction: question, output: answer }
                                    - path: chat.parquet
                                      message_property_mappings: { role: speaker, content: text }
                                      roles: { user: [customer], assistant: [agent, bot] }
                                  train_on: last
                                  stratify_by: category
                                  cache: prepared
                                """));
        assertThat(run.data().train())
                .containsExactly(
                        DataSource.of(folder.resolve("plain.jsonl")),
                        new DataSource(
                                folder.resolve("data/*.csv"),
                                Optional.of("alpaca"),
                                0.5,
                                new RowMapping(
                                        Map.of("instruction", "question", "output", "answer"),
                                        Map.of(),
                                        Map.of())),
                        new DataSource(
                                folder.resolve("chat.parquet"),
                                Optional.empty(),
                                1,
                                new RowMapping(
                                        Map.of(),
                                        Map.of("role", "speaker", "content", "text"),
                                        Map.of(
                                                "customer", "user",
                                                "agent", "assistant",
                                                "bot", "assistant"))));
        assertThat(run.data().trainOn()).isEqualTo(TrainOn.LAST);
        assertThat(run.data().holdout())
                .isEqualTo(new Holdout.Share(0.05, Optional.of("category")));
        assertThat(run.data().cache()).contains(new DataSpec.Cache(folder.resolve("prepared"), 0));
        assertThat(read(run.resolved())).isEqualTo(run);
    }

    @Test
    void axolotlEntriesAreReadAsTheyStand() throws IOException {
        RunFile run =
                read(
                        GOOD.replace(
                                "  train: [a.jsonl, b.jsonl]\n",
                                """
                                  train:
                                    - path: chats.jsonl
                                      ds_type: json
                                      type: chat_template
                                      field_messages: dialogue
                                      message_property_mappings: { role: from, content: value }
                                      roles_to_train: [assistant]
                                      train_on_eos: turn
                                      message_field_training: train
                                    - { path: json, data_files: [x.jsonl, y.jsonl], type: completion, field: body }
                                    - { path: pieces.jsonl, type: input_output }
                                """));
        assertThat(run.data().train())
                .extracting(DataSource::path)
                .containsExactly(
                        folder.resolve("chats.jsonl"),
                        folder.resolve("x.jsonl"),
                        folder.resolve("y.jsonl"),
                        folder.resolve("pieces.jsonl"));
        assertThat(run.data().train())
                .extracting(source -> source.format().orElseThrow())
                .containsExactly("messages", "text", "text", "segments");
        assertThat(run.data().train().getFirst().mapping())
                .isEqualTo(
                        new RowMapping(
                                Map.of("messages", "dialogue"),
                                Map.of("role", "from", "content", "value"),
                                Map.of("human", "user", "gpt", "assistant")));
        assertThat(run.data().train().get(1).mapping().columns()).isEqualTo(Map.of("text", "body"));
        assertThat(read(run.resolved())).isEqualTo(run);
    }

    @Test
    void entriesOfLlamaFactorysCatalogueAreReadAsTheyStand() throws IOException {
        Files.writeString(
                folder.resolve("dataset_info.json"),
                """
                {"chats": {"file_name": "chats.json", "formatting": "sharegpt",
                  "columns": {"messages": "messages", "tools": "tools"},
                  "tags": {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant"}},
                 "facts": {"file_name": "facts.json", "columns": {"prompt": "q", "response": "a"}}}
                """);
        RunFile run =
                read(
                        GOOD.replace(
                                "[a.jsonl, b.jsonl]",
                                "{ path: dataset_info.json, dataset: [chats, facts], weight: 2 }"));
        assertThat(run.data().train())
                .containsExactly(
                        new DataSource(
                                folder.resolve("chats.json"),
                                Optional.of("sharegpt"),
                                2,
                                new RowMapping(
                                        Map.of("conversations", "messages"),
                                        Map.of("from", "role", "value", "content"),
                                        Map.of("user", "human", "assistant", "gpt"))),
                        new DataSource(
                                folder.resolve("facts.json"),
                                Optional.of("alpaca"),
                                2,
                                new RowMapping(
                                        Map.of("instruction", "q", "output", "a"),
                                        Map.of(),
                                        Map.of())));
        assertThat(read(run.resolved())).isEqualTo(run);
    }

    @Test
    void withoutTheKeyOnlyLargeDataIsCachedAndNoKeyIsWritten() throws IOException {
        RunFile run = read(GOOD);
        assertThat(run.data().cache())
                .hasValueSatisfying(
                        cache -> assertThat(cache.leastBytes()).isEqualTo(16 * 1024 * 1024));
        assertThat(run.resolved()).doesNotContain("cache");
        RunFile none = read(GOOD, Map.of("data.cache", "no"));
        assertThat(none.data().cache()).isEmpty();
        assertThat(read(none.resolved())).isEqualTo(none);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ path: a.jsonl, format: alpacca } | key 'data.train.format': format is \"alpacca\"; expected one of alpaca, input_ids, kto, messages, openai_preference, preference, prompt/completion, segments, sharegpt, text; did you mean \"alpaca\"?",
                "{ path: a.jsonl, wieght: 2 } | unknown key 'data.train.wieght'; did you mean 'data.train.weight'?",
                "[x.jsonl, { path: a.jsonl, weight: 0 }] | key 'data.train[1].weight': expected a number above 0, such as 0.5 or 2, found '0'",
                "[x.jsonl, { path: a.jsonl, weight: -1 }] | key 'data.train[1].weight': expected a number from 0.0 to 1000.0, found '-1'",
                "{ path: a.jsonl, type: gpteacher } | key 'data.train.type': expected one of alpaca, chat_template, chat_template.default, completion, input_output, pretrain, sharegpt; name the rows' format by the key format instead, found 'gpteacher'",
                "{ path: a.jsonl, type: alpaca, split: test } | key 'data.train.split': expected train, found 'test'",
                "{ path: a.jsonl, type: chat_template, roles_to_train: [assistant, user] } | key 'data.train.roles_to_train': expected assistant, found 'user'",
                "[] | key 'data.train': expected at least one file, found '[]'",
                "[[a.jsonl]] | key 'data.train': expected a list of plain values or sections, found a list in it"
            })
    void aFaultOfASourceNamesItsKey(String train, String message) {
        assertThatThrownBy(() -> read(GOOD.replace("[a.jsonl, b.jsonl]", train)))
                .isInstanceOf(RunFileException.class)
                .hasMessage("%s:3: %s".formatted(folder.resolve("run.yml"), message));
    }

    @Test
    void strataNeedAShare() {
        assertThatThrownBy(() ->
                        read(GOOD.replace("holdout: 5%", "holdout: h.jsonl\n  stratify_by: kind")))
                .hasMessage(
                        folder.resolve("run.yml")
                                + ":5: key 'data.stratify_by': it is for a holdout that is a share, such as 5%");
    }

    @Test
    void theHoldoutMayHaveKeysOfItsOwn() throws IOException {
        RunFile run = read(GOOD.replace("holdout: 5%", "holdout: { path: h.csv, format: alpaca }"));
        assertThat(run.data().holdout())
                .isEqualTo(
                        new Holdout.Files(
                                new DataSource(
                                        folder.resolve("h.csv"),
                                        Optional.of("alpaca"),
                                        1,
                                        RowMapping.NONE)));
        assertThat(read(run.resolved())).isEqualTo(run);
    }

    @Test
    void aTargetThatIsNoLayerIsNamed() {
        assertThatThrownBy(() -> read(GOOD.replace("v_proj", "w_proj")))
                .hasMessageEndingWith(
                        "adapter.targets: no linear layer is named 'w_proj'; expected all-linear or some of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj");
    }

    @Test
    void aMissingKeyIsNamed() {
        assertThatThrownBy(() -> read(GOOD.replace("output: runs/x\n", "")))
                .hasMessage(folder.resolve("run.yml") + ": key 'output' is missing");
    }

    @Test
    void brokenYamlNamesTheLine() {
        assertThatThrownBy(() -> read("model: [unclosed\n"))
                .isInstanceOf(RunFileException.class)
                .hasMessageContaining("run.yml:")
                .hasMessageContaining("not valid YAML");
    }

    private static final String ADAPTER =
            "adapter: { rank: 8, alpha: 16, targets: [q_proj, v_proj] }";

    private RunFile.Method.Lora adapter(String section, String method) throws IOException {
        RunFile run =
                read(
                        GOOD.replace(ADAPTER, "adapter: " + section)
                                .replace("method: lora", "method: " + method));
        assertThat(read(run.resolved())).isEqualTo(run);
        return (RunFile.Method.Lora) run.method();
    }

    @Test
    void modulesMayHaveARankAndAnAlphaOfTheirOwn() throws IOException {
        LoraSpec spec =
                adapter(
                                """
                                {
                                  rank: 16,
                                  modules: {
                                    down_proj: { alpha: 12 },
                                    q_proj: { rank: 32, alpha: 64 },
                                    "layers.0.mlp.down_proj": { rank: 8 },
                                    layers: { 1: { self_attn: { q_proj: { rank: 4 } } } }
                                  }
                                }\
                                """,
                                "lora")
                        .spec();
        assertThat(spec.size("model.layers.0.self_attn.q_proj"))
                .isEqualTo(new LoraSpec.Size(32, 64, 2));
        assertThat(spec.size("model.layers.1.self_attn.q_proj"))
                .isEqualTo(new LoraSpec.Size(4, 64, 16));
        assertThat(spec.size("model.layers.0.mlp.down_proj"))
                .isEqualTo(new LoraSpec.Size(8, 12, 1.5));
        assertThat(spec.size("model.layers.1.mlp.down_proj"))
                .isEqualTo(new LoraSpec.Size(16, 12, 0.75));
        assertThat(spec.size("model.layers.1.mlp.up_proj")).isEqualTo(new LoraSpec.Size(16, 32, 2));
        RunFile set = read(GOOD, Map.of("adapter.modules.q_proj.rank", "3"));
        assertThat(((RunFile.Method.Lora) set.method()).spec().size("q_proj").rank()).isEqualTo(3);
    }

    @Test
    void doraAndStartsAreKeysOfTheAdapter() throws IOException {
        assertThat(adapter("{ dora: true }", "lora").spec().dora()).isTrue();
        assertThat(adapter("{ dora: true, start: loftq }", "qlora").start())
                .isEqualTo(AdapterStart.LOFTQ);
        assertThat(adapter("{ start: pissa }", "lora").start()).isEqualTo(AdapterStart.PISSA);
        assertThat(adapter("{ start: gaussian }", "qlora").start())
                .isEqualTo(AdapterStart.GAUSSIAN);
        RunFile.Method.Lora plain = adapter("{}", "lora");
        assertThat(plain.start()).isEqualTo(AdapterStart.DEFAULT);
        assertThat(plain.spec().dora()).isFalse();
        assertThat(plain.startsFromBase()).isFalse();
    }

    @Test
    void neftuneIsOffUnlessAskedFor() throws IOException {
        assertThat(read(GOOD).training().neftuneAlpha()).isZero();
        RunFile run = read(GOOD, Map.of("training.neftune_alpha", "5"));
        assertThat(run.training().neftuneAlpha()).isEqualTo(5);
        assertThat(read(run.resolved())).isEqualTo(run);
        assertThatThrownBy(() -> read(GOOD, Map.of("training.neftune_alpha", "-1")))
                .hasMessage(
                        folder.resolve("run.yml")
                                + ":1: key 'training.neftune_alpha': expected a number of at least 0.0, found '-1'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lora | { modules: { qproj: { rank: 8 } } } | key 'adapter.modules.qproj': no linear layer is named 'qproj'; did you mean 'q_proj'?",
                "lora | { modules: { embed_tokens: { rank: 8 } } } | key 'adapter.modules.embed_tokens': no linear layer is named 'embed_tokens'; expected one of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj",
                "lora | { modules: { 'layer.0.mlp.up_proj': { rank: 8 } } } | key 'adapter.modules.layer.0.mlp.up_proj': expected up_proj or layers.0.mlp.up_proj, say, found 'layer.0.mlp.up_proj'",
                "lora | { modules: { 'layers.0.self_attn.up_proj': { rank: 8 } } } | key 'adapter.modules.layers.0.self_attn.up_proj': expected up_proj or layers.0.mlp.up_proj, say, found 'layers.0.self_attn.up_proj'",
                "lora | { modules: { 'layers.*.mlp.up_proj': { rank: 8 } } } | key 'adapter.modules.layers.*.mlp.up_proj': expected up_proj or layers.0.mlp.up_proj, say, found 'layers.*.mlp.up_proj'",
                "lora | { targets: [q_proj, v_proj], modules: { k_proj: { rank: 8 } } } | key 'adapter.modules.k_proj': k_proj gets no adapter: adapter.targets is q_proj, v_proj",
                "lora | { modules: { q_proj: 8 } } | key 'adapter.modules.q_proj': expected a section of keys, found '8'",
                "lora | { modules: { q_proj: {} } } | key 'adapter.modules.q_proj': give rank, alpha or both",
                "lora | { modules: { q_proj: { rank: 0 } } } | key 'adapter.modules.q_proj.rank': expected a whole number of at least 1, found '0'",
                "lora | { modules: { q_proj: { rnk: 4 } } } | unknown key 'adapter.modules.q_proj.rnk'; did you mean 'adapter.modules.q_proj.rank'?",
                "lora | { modules: { '0.mlp.up_proj': { rank: 4 }, 0: { mlp: { up_proj: { rank: 4 } } } } } | key 'adapter.modules.0.mlp.up_proj': '0.mlp.up_proj' has a size already",
                "lora | { start: kaiming } | key 'adapter.start': expected one of default, gaussian, pissa, loftq, found 'kaiming'",
                "lora | { start: loftq } | key 'adapter.start': loftq makes up for what quantizing the base takes away; it is for method qlora",
                "qlora | { start: pissa } | key 'adapter.start': pissa takes its start away from the base, and what is left would be quantized: a base that nobody else has, so that the adapter would go with no other; use loftq, which leaves the base as it is quantized anyway, or method lora",
                "lora | { start: pissa, dora: true } | key 'adapter.start': pissa takes its start away from the base and is saved as the difference from it, which is a plain LoRA and cannot be a DoRA; leave out dora, or use another start",
                "lora | { dora: maybe } | key 'adapter.dora': expected true or false, found 'maybe'",
                "lora | { from: x, dora: true } | key 'adapter.dora': the adapter that 'from' names has its own; leave one of the two out",
                "lora | { from: x, modules: { q_proj: { rank: 2 } } } | key 'adapter.modules': the adapter that 'from' names has its own; leave one of the two out",
                "lora | { from: x, start: pissa } | key 'adapter.start': the adapter that 'from' names has its own; leave one of the two out"
            })
    void faultsOfAnAdapterNameLineAndKey(String method, String section, String message) {
        assertThatThrownBy(() -> adapter(section, method))
                .isInstanceOf(RunFileException.class)
                .hasMessage("%s:6: %s".formatted(folder.resolve("run.yml"), message));
    }

    @Test
    void anAlphaOfZeroIsRefused() {
        assertThatThrownBy(() -> adapter("{ modules: { q_proj: { alpha: 0 } } }", "lora"))
                .isInstanceOf(RunFileException.class)
                .hasMessage(
                        folder.resolve("run.yml")
                                + ": the alpha of 'q_proj' must be greater than 0, found 0.0");
    }
}
