package dev.hone.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.tensor.ComposedKernels;
import dev.hone.tensor.DType;
import dev.hone.tensor.RandomBits;
import dev.hone.tensor.Shape;
import dev.hone.tensor.Tensor;
import dev.hone.torch.KernelsAgreement.Engine;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Updates by the processor's kernels, in Java. */
@Tag("unit")
final class CpuUpdateTest extends UpdatesAgreement {
    @Override
    Engine engine() {
        TorchRuntime.load();
        TorchPrimitives primitives = new TorchPrimitives();
        CpuKernels two = new CpuKernels(new ComposedKernels(primitives), 2);
        return new Engine(primitives, two, two);
    }

    @Test
    void resultsAreTheSameBitsForEveryNumberOfThreads() {
        List<double[]> two = everything(kernels);
        try (CpuKernels one = new CpuKernels(reference, 1);
                CpuKernels three = new CpuKernels(reference, 3)) {
            for (CpuKernels others : List.of(one, three)) {
                List<double[]> found = everything(others);
                assertThat(found).hasSameSizeAs(two);
                for (int i = 0; i < found.size(); i++) {
                    assertThat(Arrays.equals(found.get(i), two.get(i))).as("tensor %d", i).isTrue();
                }
            }
        }
    }

    @Test
    void vectorsOfRandomBitsAreTheBitsByElement() {
        long key = RandomBits.key(11, 5);
        for (int n : new int[] {1, 15, 16, 33, 1024}) {
            Tensor row = p.full(DType.F32, Shape.of(n), 1);
            Tensor out = p.full(DType.BF16, Shape.of(n), 0);
            CpuRandom.copyOut(((TorchTensor) row).address(), ((TorchTensor) out).address(), n, key);
            // 1 has no bits below BF16's, so it stays what it is, whatever is added.
            assertThat(values(out)).containsOnly(1);
            Tensor half = p.full(DType.F32, Shape.of(n), 1 + 0x1p-8);
            CpuRandom.copyOut(
                    ((TorchTensor) half).address(), ((TorchTensor) out).address(), n, key);
            double[] found = values(out);
            for (int i = 0; i < n; i++) {
                boolean up = RandomBits.bits(key, i) < 0; // the upper 16 bits are 2¹⁵ or more
                assertThat(found[i]).isEqualTo(up ? 1 + 0x1p-7 : 1);
            }
        }
    }
}
