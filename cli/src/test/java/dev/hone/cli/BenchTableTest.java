package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Results of known numbers, word for word. */
class BenchTableTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static ObjectNode processor() {
        return (ObjectNode)
                MAPPER.readTree(
                        """
                        {"device": "cpu", "device_name": "Acme 1", "kernels": "fused, 2 threads",
                         "shape": "smollm2-135m", "family": "llama", "layers": 30,
                         "hidden_size": 576, "method": "lora", "rank": 16, "optimizer": "adamw",
                         "master": "fp32", "update": "after", "dtype": "BF16", "rows": 4,
                         "length": 256, "tokens_per_step": 1024, "micro_batch_tokens": 1024,
                         "keeps": "everything", "parameters": 134515008,
                         "trainable_parameters": 4884480, "step_flops": 640000000000,
                         "step_flops_without_recomputation": 640000000000,
                         "planned_peak_live_bytes": 757604708, "steps": 5,
                         "median_step_s": 1.0, "mean_step_s": 1.1, "fastest_step_s": 0.9753,
                         "slowest_step_s": 1.25, "tokens_per_second": 1024.0,
                         "peak_live_bytes": 757604708, "peak_bytes": 1476395008,
                         "matmul_peak_flops": 2.2e12, "share_of_peak": 0.2909,
                         "share_of_peak_without_recomputation": 0.2909}
                        """);
    }

    private static ObjectNode card() {
        ObjectNode json = processor();
        json.put("device", "cuda:0").put("device_name", "H100 SXM").put("method", "qlora");
        json.put("quantization", "nf4").put("memory_limit_bytes", 1 << 30);
        json.put("keeps", "their input in 30 of 30 layers");
        json.put("off_device", "12 of 30 layers from host memory");
        json.put("micro_batch_tokens", 512);
        json.put("step_flops_without_recomputation", 480000000000L);
        json.put("share_of_peak_without_recomputation", 0.2182);
        json.put("allocated_bytes", 765181755L).put("reserved_bytes", 838860800L);
        json.put("planned_reserved_bytes", 838860800L).put("planned_peak_bytes", 1577058304L);
        return json;
    }

    private static String shown(ObjectNode json, Consumer<BenchTable> part) {
        StringWriter out = new StringWriter();
        part.accept(new BenchTable(json, new PrintWriter(out, true)));
        assertThat(out.toString().lines())
                .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(80));
        return out.toString();
    }

    @Test
    void theHeadSaysWhatRuns() {
        assertThat(shown(processor(), BenchTable::head))
                .isEqualTo(
                        """
                        Benchmark of a training step
                          machine  cpu: Acme 1, fused, 2 threads
                          model    smollm2-135m: llama, 30 layers, width 576, 134.5 M parameters
                          method   lora of rank 16, bf16, adamw; trains 4.88 M
                          step     1,024 tokens in 4 rows of 256
                          memory   722.5 MiB planned; layers keep everything
                        """);
        assertThat(shown(card(), BenchTable::head))
                .contains(
                        "  method   qlora in nf4 of rank 16, bf16, adamw; trains 4.88 M\n",
                        "  step     1,024 tokens in 4 rows of 256, at most 512 at once\n",
                        """
                          memory   722.5 MiB planned of 1.00 GiB; layers keep their input in 30 of 30
                            layers; 12 of 30 layers from host memory
                        """);
        ObjectNode full = processor();
        full.remove("rank");
        full.put("method", "full").put("dtype", "F32").put("optimizer", "adafactor");
        full.put("master", "none").put("update", "in_backward");
        assertThat(shown(full, BenchTable::head))
                .contains(
                        """
                          method   full, fp32, adafactor without masters within the backward pass;
                            trains 4.88 M
                        """);
    }

    @Test
    void aFirstResultOnAProcessorStandsBesideItsPlan() {
        assertThat(shown(processor(), BenchTable::result))
                .isEqualTo(
                        """
                                                         now     planned  differs
                          step, median of 5          1.000 s
                            fastest                 975.3 ms
                            slowest                  1.250 s
                          tokens a second              1,024
                          share of matmul peak        29.1 %
                          live tensors, peak       722.5 MiB   722.5 MiB     none
                          process, peak             1.38 GiB
                          Share of peak: a step computes 625.0 MFLOP a token, 4.65 a parameter; products
                            of large matrices reach 2.20 TFLOP/s here.
                        """);
    }

    @Test
    void aResultOnACardStandsBesideItsPlanAndTheOneBefore() {
        ObjectNode json = card();
        json.putObject("previous")
                .put("date", "2026-11-24T08:05:09Z")
                .put("hone_version", "0.0.9")
                .put("median_step_s", 1.25)
                .put("tokens_per_second", 819.2)
                .put("peak_live_bytes", 757604708)
                .put("peak_bytes", 1577058304L)
                .put("share_of_peak", 0.2327);
        json.putObject("change_percent")
                .put("median_step_s", -20.0)
                .put("tokens_per_second", 25.0)
                .put("peak_live_bytes", 0.0)
                .put("peak_bytes", -6.383);
        assertThat(shown(json, BenchTable::result))
                .isEqualTo(
                        """
                                                         now     planned  differs      before   change
                          step, median of 5          1.000 s                          1.250 s  -20.0 %
                            fastest                 975.3 ms
                            slowest                  1.250 s
                          tokens a second              1,024                              819  +25.0 %
                          share of matmul peak        29.1 %                           23.3 %
                            nothing done twice        21.8 %
                          live tensors, peak       722.5 MiB   722.5 MiB     none   722.5 MiB     none
                          allocated, peak          729.7 MiB   722.5 MiB   +1.0 %
                          reserved, peak           800.0 MiB   800.0 MiB     none
                          card in use               1.38 GiB    1.47 GiB   -6.4 %    1.47 GiB   -6.4 %
                          Share of peak: a step computes 625.0 MFLOP a token, 4.65 a parameter; products
                            of large matrices reach 2.20 TFLOP/s here.
                          Nothing done twice: 468.8 MFLOP a token, 3.48 a parameter, as when layers keep
                            everything.
                          Before: 2026-11-24 08:05:09 UTC, hone 0.0.9.
                        """);
    }

    @Test
    void operationsThatTakeLittleAreOneLineAndAllTogetherAreTheStep() {
        ObjectNode json = processor();
        ArrayNode list = json.putArray("operations");
        operation(list, "matmulInto [16384, 14336] · [16384, 4096] · [4096, 14336]", 60, 0.6);
        operation(list, "attentionSoftmaxBackward", 30, 0.2);
        operation(list, "view", 1234, 0.004);
        operation(list, "empty", 8, 0.002);
        assertThat(shown(json, BenchTable::result))
                .contains(
                        """
                          where the time goes                                  calls       time    share
                          matmulInto 16384x14336 · 16384x4096 · 4096x14336        60   660.0 ms   60.0 %
                          attentionSoftmaxBackward                                30   220.0 ms   20.0 %
                          2 more, and what is between them                     1,242   220.0 ms   20.0 %
                        """,
                        "  Each operation was waited for, which takes time of its own.\n");
    }

    @Test
    void noMoreThanFifteenOperationsStandByThemselves() {
        ObjectNode json = processor();
        ArrayNode list = json.putArray("operations");
        for (int i = 0; i < 20; i++) {
            operation(list, "operation" + i, 1, 0.05);
        }
        assertThat(shown(json, BenchTable::result))
                .contains(
                        "  operation14 ",
                        """
                          5 more, and what is between them                         5   275.0 ms   25.0 %
                        """)
                .doesNotContain("  operation15 ");
    }

    @Test
    void stepsThatAreFarApartAreSaidToBe() {
        String doubt = "  Steps are far apart: is something else running here?\n";
        ObjectNode json = processor();
        assertThat(shown(json.put("slowest_step_s", 1.46), BenchTable::result))
                .doesNotContain(doubt);
        assertThat(shown(json.put("slowest_step_s", 1.47), BenchTable::result)).contains(doubt);
    }

    @Test
    void aCalibrationIsNamed() {
        ObjectNode json = processor();
        json.put("calibration_factor", 2.0625).put("calibration_file", "my.csv");
        assertThat(shown(json, BenchTable::result))
                .endsWith("  Calibration: 2.06 times the roofline, in my.csv.\n");
    }

    private static void operation(ArrayNode list, String name, long calls, double share) {
        list.addObject()
                .put("operation", name)
                .put("calls_per_step", calls)
                .put("ms_per_step", 1100 * share)
                .put("share", share);
    }
}
