package dev.hone.torch;

import static dev.hone.torch.CpuVectors.MEMORY;

import dev.hone.tensor.AdamW8Bit;
import dev.hone.tensor.DynamicMap;
import java.lang.foreign.ValueLayout;

/** {@link AdamW8Bit}: a run's moments are read into rows of fp32, and stored block by block. */
record CpuAdamW8Bit(AdamW8Bit rule) implements CpuUpdate.Rule {

    @Override
    public int rows() {
        return 2;
    }

    @Override
    public void update(
            CpuUpdate.Slot slot,
            int run,
            int n,
            long weight,
            long gradient,
            CpuScratch scratch,
            int buffer) {
        long codes = (long) CpuRows.RUN * run;
        long scales = codes / AdamW8Bit.BLOCK * 4;
        long m = scratch.buffer(buffer);
        long v = scratch.buffer(buffer + 1);
        DynamicMap signed = DynamicMap.signed();
        DynamicMap unsigned = DynamicMap.unsigned();
        read(signed, slot.state(0) + codes, slot.state(1) + scales, m, n);
        read(unsigned, slot.state(2) + codes, slot.state(3) + scales, v, n);
        CpuAdamW.step(rule.constants(), slot.constants(), weight, gradient, m, v, n);
        write(signed, m, slot.state(0) + codes, slot.state(1) + scales, n);
        write(unsigned, v, slot.state(2) + codes, slot.state(3) + scales, n);
    }

    /** {@code n} elements into a row, padded with zeros. */
    private static void read(DynamicMap map, long codes, long scales, long row, int n) {
        for (int start = 0, block = 0; start < n; start += AdamW8Bit.BLOCK, block++) {
            float scale = CpuRows.get(scales + 4L * block, false);
            int end = Math.min(n, start + AdamW8Bit.BLOCK);
            for (int i = start; i < end; i++) {
                int code = MEMORY.get(ValueLayout.JAVA_BYTE, codes + i) & 255;
                CpuRows.set(row + 4L * i, false, map.value(code) * scale);
            }
        }
        for (int i = n; i < CpuRows.padded(n); i++) {
            CpuRows.set(row + 4L * i, false, 0);
        }
    }

    private static void write(DynamicMap map, long row, long codes, long scales, int n) {
        for (int start = 0, block = 0; start < n; start += AdamW8Bit.BLOCK, block++) {
            int end = Math.min(n, start + AdamW8Bit.BLOCK);
            float largest = 0;
            for (int i = start; i < end; i++) {
                largest = Math.max(largest, Math.abs(CpuRows.get(row + 4L * i, false)));
            }
            CpuRows.set(scales + 4L * block, false, largest);
            float divisor = Math.max(largest, Float.MIN_NORMAL);
            for (int i = start; i < end; i++) {
                int code = map.nearest(CpuRows.get(row + 4L * i, false) / divisor);
                MEMORY.set(ValueLayout.JAVA_BYTE, codes + i, (byte) code);
            }
        }
    }
}
