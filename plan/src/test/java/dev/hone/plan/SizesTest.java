package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.model.Holding;
import dev.hone.model.LoraSpec;
import dev.hone.model.ModelConfig;
import dev.hone.model.ModuleSizes;
import dev.hone.model.Quantization;
import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.train.Forecast;
import dev.hone.train.RunFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SizesTest {
    private static final Path FIXTURES = Path.of("src/test/resources/models");

    static Stream<String> named() {
        return NamedModels.all().keySet().stream();
    }

    private static Forecast.Parts parts(ModelConfig config, RunFile.Method method, DType dtype) {
        RunFile.TrainingSection training = Given.training(16, 16, dtype);
        return MemoryPlan.of(Device.cuda(0), config, method, training, Given.work(1, 16, training))
                .forecast()
                .parts();
    }

    @ParameterizedTest
    @MethodSource("named")
    void countedWeightsOfLoraAreTwoBytesAParameter(String name) {
        ModelConfig config = Given.model(name);
        Forecast.Parts parts = parts(config, Given.lora(16), DType.BF16);
        assertThat(parts.weights())
                .isEqualTo(Sizes.bf16Bytes(Sizes.linear(config) + Sizes.other(config)));
    }

    @ParameterizedTest
    @MethodSource("named")
    void countedAdapterIsRankTimesInAndOutOfEveryLinearLayer(String name) {
        ModelConfig config = Given.model(name);
        LoraSpec spec = new LoraSpec(8, 16, 0, List.of("q_proj", "v_proj", "down_proj"), false);
        long queries = (long) config.heads() * config.headSize();
        long keys = (long) config.keyValueHeads() * config.headSize();
        long adapter =
                8L
                        * config.layers()
                        * (3L * config.hiddenSize() + queries + keys + config.mlpWidth());
        assertThat(Sizes.adapter(config, spec)).isEqualTo(adapter);
        Forecast.Parts parts =
                parts(config, new RunFile.Method.Lora(spec, Optional.empty()), DType.BF16);
        assertThat(parts.adapter()).as("bf16 value and fp32 master").isEqualTo(6 * adapter);
        assertThat(parts.gradients()).as("fp32").isEqualTo(4 * adapter);
        assertThat(parts.optimizer()).as("two fp32 moments").isEqualTo(8 * adapter);
    }

    @ParameterizedTest
    @CsvSource({"llama-3.1-8b", "qwen2.5-7b"})
    void countedAdapterWithRanksOfItsOwnAndMagnitudesIsThatOfTheFormula(String name) {
        ModelConfig config = Given.model(name);
        LoraSpec spec =
                new LoraSpec(
                        8,
                        16,
                        0,
                        List.of("q_proj", "down_proj"),
                        false,
                        new ModuleSizes(
                                Map.of("q_proj", 32, "layers.3.mlp.down_proj", 4), Map.of()),
                        true);
        long queries = (long) config.heads() * config.headSize();
        long hidden = config.hiddenSize();
        long down = hidden + config.mlpWidth();
        long layers = config.layers();
        long factors = layers * (32 * (hidden + queries) + 8 * down) - 4 * down;
        long magnitudes = layers * (queries + hidden);
        assertThat(Sizes.adapter(config, spec)).isEqualTo(factors + magnitudes);
        RunFile.Method method = new RunFile.Method.Lora(spec, Optional.empty());
        RunFile.TrainingSection training = Given.training(16, 16, DType.BF16);
        Workload work = Given.work(1, 16, training);
        RunCount count = new RunCount(Device.cuda(0), config, method, training, work);
        for (Forecast forecast :
                List.of(
                        count.inFull(Holding.EVERYTHING).forecast(),
                        count.step(Holding.EVERYTHING).forecast(16))) {
            assertThat(forecast.trainableParameters()).isEqualTo(factors + magnitudes);
            assertThat(forecast.parts().adapter())
                    .as("bf16 factors, fp32 magnitudes and squares of rows, fp32 masters")
                    .isEqualTo(6 * factors + 4 * magnitudes + 4 * magnitudes);
            assertThat(forecast.parts().gradients()).isEqualTo(4 * (factors + magnitudes));
            assertThat(forecast.parts().optimizer()).isEqualTo(8 * (factors + magnitudes));
            assertThat(forecast.parts().weights())
                    .isEqualTo(Sizes.bf16Bytes(Sizes.linear(config) + Sizes.other(config)));
        }
    }

    @ParameterizedTest
    @CsvSource({"llama-2-7b", "llama-3.1-8b", "qwen2.5-7b", "qwen3-8b", "llama-3.2-1b"})
    void fullTrainingHoldsEighteenBytesAParameter(String name) {
        ModelConfig config = Given.model(name);
        Forecast.Parts parts = parts(config, Given.full(), DType.BF16);
        assertThat(parts.weights() + parts.adapter() + parts.gradients() + parts.optimizer())
                .isEqualTo(18 * config.parameters());
    }

    @ParameterizedTest
    @MethodSource("named")
    void countedFourBitWeightsAreThoseOfTheFormula(String name) {
        ModelConfig config = Given.model(name);
        Forecast.Parts parts = parts(config, Given.qlora(16), DType.BF16);
        assertThat(parts.weights())
                .isEqualTo(Sizes.nf4Bytes(config) + Sizes.bf16Bytes(Sizes.other(config)));
    }

    @ParameterizedTest
    @MethodSource("named")
    void countedEightBitWeightsAreThoseOfTheFormula(String name) {
        ModelConfig config = Given.model(name);
        Forecast.Parts parts = parts(config, Given.qlora(16, new Quantization.Int8()), DType.BF16);
        assertThat(parts.weights())
                .isEqualTo(Sizes.int8Bytes(config) + Sizes.bf16Bytes(Sizes.other(config)));
    }

    /** Billions of weights, and decimal gigabytes, as published sizes of these models have them. */
    @ParameterizedTest
    @CsvSource({
        "llama-2-7b, 6.476, 6.738, 13.5, 121, 3.87",
        "mistral-7b, 6.979, 7.242, 14.5, 130, 4.13",
        "llama-3.1-8b, 6.979, 8.030, 16.1, 145, 5.70",
        "qwen2.5-7b, 6.525, 7.615, 15.2, 137, 5.55",
        "llama-2-13b, 12.688, 13.016, 26.0, 234, 7.20",
        "qwen2.5-32b, 31.206, 32.763, 65.5, 590, 19.2",
        "codellama-34b, 33.219, 33.744, 67.5, 607, 18.2",
        "llama-2-70b, 68.451, 68.977, 138.0, 1242, 36.4",
        "llama-3.1-70b, 68.451, 70.554, 141.1, 1270, 39.5"
    })
    void namedModelsHaveTheirPublishedSizes(
            String name, double linear, double total, double bf16, double full, double nf4AndBf16) {
        ModelConfig config = Given.model(name);
        assertThat(Sizes.linear(config) / 1e9).isCloseTo(linear, within(0.001));
        assertThat(config.parameters() / 1e9).isCloseTo(total, within(0.001));
        assertThat(Sizes.bf16Bytes(config.parameters()) / 1e9).isCloseTo(bf16, within(0.06));
        assertThat(18 * config.parameters() / 1e9).isCloseTo(full, within(0.6));
        double quantized =
                Sizes.nf4Bytes(Sizes.linear(config)) + Sizes.bf16Bytes(Sizes.other(config));
        assertThat(quantized / 1e9).isCloseTo(nf4AndBf16, within(0.06));
    }

    @Test
    void fourBitWeightsTakeHalfAByteAScaleForSixtyFourAndAFloatForEveryBlockOfScales() {
        assertThat(Sizes.nf4Bytes(64 * 256)).isEqualTo(64 * 256 / 2 + 256 + 4);
        assertThat(Sizes.nf4Bytes(64 * 256) / (64.0 * 256)).isCloseTo(0.5159, within(0.0001));
    }

    @Test
    void namedShapesAreThoseOfTheModelsOwnConfigFiles() throws Exception {
        try (Stream<Path> folders = Files.list(FIXTURES)) {
            List<Path> all = folders.toList();
            assertThat(all).hasSizeGreaterThan(8);
            for (Path folder : all) {
                ModelConfig read = ModelConfig.read(folder);
                ModelConfig named = Given.model(String.valueOf(folder.getFileName()));
                assertThat(
                                List.of(
                                        named.family(),
                                        named.hiddenSize(),
                                        named.mlpWidth(),
                                        named.layers(),
                                        named.heads(),
                                        named.keyValueHeads(),
                                        named.headSize(),
                                        named.vocabulary(),
                                        named.tied(),
                                        named.queryKeyBias(),
                                        named.queryKeyNorm(),
                                        named.parameters()))
                        .as(folder.toString())
                        .isEqualTo(
                                List.of(
                                        read.family(),
                                        read.hiddenSize(),
                                        read.mlpWidth(),
                                        read.layers(),
                                        read.heads(),
                                        read.keyValueHeads(),
                                        read.headSize(),
                                        read.vocabulary(),
                                        read.tied(),
                                        read.queryKeyBias(),
                                        read.queryKeyNorm(),
                                        read.parameters()));
            }
        }
    }
}
