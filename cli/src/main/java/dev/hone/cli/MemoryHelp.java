package dev.hone.cli;

import dev.hone.data.OptimizerStep;
import dev.hone.model.Holding;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.Ops;
import dev.hone.tensor.OutOfDeviceMemoryException;
import dev.hone.train.FreeMemory;
import dev.hone.train.MemoryFit;
import dev.hone.train.RunFile;
import dev.hone.train.Speed;
import dev.hone.train.TrainingException;
import java.util.List;

/**
 * Answers a run that went out of memory with the setting under which it fits.
 *
 * @param heaviest steps of which one needs most memory
 */
record MemoryHelp(
        RunFile run, ModelConfig config, List<OptimizerStep> heaviest, Ops ops, Speed speed) {
    private static final long MIB = 1 << 20;

    OutOfDeviceMemoryException answered(OutOfDeviceMemoryException failure) {
        long room = room(failure);
        long limit = FreeMemory.room(room);
        limit -= limit > 64 * MIB ? limit % MIB : 0;
        return new OutOfDeviceMemoryException(failure, help(limit));
    }

    /** Bytes that tensors can have: on a card what its allocator holds and what is free. */
    private long room(OutOfDeviceMemoryException failure) {
        return Machine.card(ops)
                .map(card -> card.free() + card.reservedPeak())
                .orElse(failure.peakBytes());
    }

    private String help(long limit) {
        RunFile limited =
                run.with(
                        new RunFile.MemorySection(
                                Holding.EVERYTHING, new RunFile.Limit.Bytes(limit)));
        try {
            Holding fitting =
                    MemoryFit.fit(limited, config, heaviest, ops.device(), Machine.free(ops), speed)
                            .training()
                            .memory()
                            .holding();
            return "With memory: { limit: %s } in the run file it fits: layers keep %s. No result changes; go on with --resume"
                    .formatted(
                            limit % MIB == 0 ? limit / MIB + "MiB" : String.valueOf(limit),
                            fitting.describe(config.layers()));
        } catch (TrainingException e) {
            return "Nothing fits: " + e.getMessage();
        }
    }
}
