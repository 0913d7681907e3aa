package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.generate.LoadedModel;
import dev.hone.model.Decoder;
import dev.hone.model.DecoderLoader;
import dev.hone.model.ModelConfig;
import dev.hone.model.ModelFiles;
import dev.hone.model.PeftAdapter;
import dev.hone.model.Quantization;
import dev.hone.model.Storage;
import dev.hone.model.Training;
import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Scope;
import dev.hone.torch.TorchOps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter that goes with a quantized base is loaded on one. */
class LoftqAdapterTest {
    @TempDir private Path folder;

    private static float[] logits(Ops ops, Decoder decoder) {
        try (decoder;
                Scope _ = ops.scope()) {
            return ops.floats(decoder.logits(new int[] {3, 1, 4, 1, 5}, new int[] {0, 5}));
        }
    }

    private static float[] on(Ops ops, PeftAdapter adapter, @Nullable Quantization quantization) {
        try (ModelFiles weights = ModelFiles.open(Starters.MODEL)) {
            return logits(
                    ops,
                    DecoderLoader.load(
                            ops,
                            ModelConfig.read(Starters.MODEL),
                            weights,
                            DType.F32,
                            adapter.adapter(),
                            new Training.Frozen(),
                            Storage.of(Optional.ofNullable(quantization))));
        }
    }

    @Test
    void chattingAndScoringQuantizeTheBaseAsTrainingDid() throws Exception {
        Files.writeString(folder.resolve("rows.jsonl"), "{\"input_ids\": [1, 2, 3, 4, 5, 6]}\n");
        Path run = folder.resolve("run.yml");
        Files.writeString(
                run,
                """
                model: %s
                data: { train: rows.jsonl }
                method: qlora
                quantization: { double: false }
                adapter: { rank: 2, start: loftq, targets: [q_proj, v_proj] }
                training: { steps: 1, rows_per_step: 1, dtype: fp32 }
                output: out
                """
                        .formatted(Starters.MODEL.toAbsolutePath().normalize()));
        Cli cli = Cli.run("train", run.toString());
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out()).contains("Start of the adapter", "  loftq: 8 of 8 matrices");
        Path adapter = folder.resolve("out/adapter");
        try (Ops ops = TorchOps.cpu(2);
                PeftAdapter peft = PeftAdapter.open(adapter)) {
            float[] loaded =
                    logits(
                            ops,
                            LoadedModel.decoder(
                                    ops, Starters.MODEL, Optional.of(adapter), DType.F32));
            assertThat(loaded)
                    .isEqualTo(on(ops, peft, new Quantization.Nf4(false)))
                    .isNotEqualTo(on(ops, peft, null));
        }
    }
}
