package dev.hone.train;

import dev.hone.tensor.DType;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads the keys of a section {@code training} that say how parameters are updated. */
final class OptimizerReader {
    private static final double NO_LIMIT = Double.MAX_VALUE;

    /** Every optimizer: its name, the keys that are settings of its own, how they are read. */
    private static final List<Kind> ALL =
            List.of(
                    new Kind("adamw", AdamWRule.KEYS, AdamWRule::read),
                    new Kind("adamw_8bit", AdamWRule.KEYS, AdamW8BitRule::read),
                    new Kind("adafactor", AdafactorRule.KEYS, AdafactorRule::read),
                    new Kind("lion", LionRule.KEYS, LionRule::read),
                    new Kind("muon", MuonRule.KEYS, MuonRule::read),
                    new Kind("schedule_free_adamw", ScheduleFreeRule.KEYS, ScheduleFreeRule::read));

    private record Kind(
            String name, List<String> keys, Function<OptimizerReader, OptimizerRule> read) {}

    private final Settings training;

    private OptimizerReader(Settings training) {
        this.training = training;
    }

    /** Reads and checks the keys. */
    static OptimizerSection read(
            Settings training, RunFile.Method method, DType dtype, double loraPlusRatio) {
        OptimizerReader reader = new OptimizerReader(training);
        OptimizerRule rule = reader.rule();
        boolean full = method instanceof RunFile.Method.Full;
        if (!full && !rule.trainsAdapters()) {
            throw training.refuse(
                    "optimizer",
                    "%s is for method full: its updates are for whole weight matrices, which the two factors of an adapter are not"
                            .formatted(rule.name()));
        }
        return new OptimizerSection(
                rule,
                training.real("weight_decay", 0, NO_LIMIT).orElse(0.0),
                loraPlusRatio,
                reader.master(full, dtype),
                reader.update(full));
    }

    private OptimizerRule rule() {
        String name = training.text("optimizer").orElse("adamw");
        Kind kind =
                ALL.stream()
                        .filter(k -> k.name().equals(name))
                        .findFirst()
                        .orElseThrow(
                                () -> training.wrong("optimizer", "one of " + names(ALL), name));
        TreeSet<String> others = new TreeSet<>();
        ALL.forEach(k -> others.addAll(k.keys()));
        kind.keys().forEach(others::remove);
        for (String key : others) {
            if (training.has(key)) {
                List<Kind> users = ALL.stream().filter(k -> k.keys().contains(key)).toList();
                throw training.refuse(
                        key,
                        "optimizer %s does not use it; it is for %s".formatted(name, names(users)));
            }
        }
        return kind.read().apply(this);
    }

    private static String names(List<Kind> kinds) {
        return kinds.stream().map(Kind::name).collect(Collectors.joining(", "));
    }

    private OptimizerSection.Master master(boolean full, DType dtype) {
        OptimizerSection.Master master =
                training.choice("master", OptimizerSection.Master.class)
                        .orElse(OptimizerSection.Master.FP32);
        if (master == OptimizerSection.Master.NONE && !full) {
            throw training.refuse(
                    "master",
                    "none is for method full; an adapter is small and keeps fp32 masters");
        }
        if (master == OptimizerSection.Master.NONE && dtype != DType.BF16) {
            throw training.refuse(
                    "master", "none is for dtype bf16; in fp32 the weights are their own masters");
        }
        return master;
    }

    private OptimizerSection.Update update(boolean full) {
        OptimizerSection.Update update =
                training.choice("update", OptimizerSection.Update.class)
                        .orElse(OptimizerSection.Update.AFTER);
        if (update == OptimizerSection.Update.IN_BACKWARD && !full) {
            throw training.refuse(
                    "update", "in_backward is for method full; an adapter's gradients are small");
        }
        return update;
    }

    double[] betas(double first, double second) {
        List<String> texts = training.texts("betas").orElse(List.of());
        if (texts.isEmpty() && !training.has("betas")) {
            return new double[] {first, second};
        }
        try {
            if (texts.size() == 2) {
                double[] betas = {
                    Double.parseDouble(texts.get(0)), Double.parseDouble(texts.get(1))
                };
                if (betas[0] >= 0 && betas[0] < 1 && betas[1] >= 0 && betas[1] < 1) {
                    return betas;
                }
            }
        } catch (NumberFormatException _) {
            // Refused below.
        }
        throw wrongBetas("two numbers from 0 to 1, such as [0.9, 0.999]");
    }

    RunFileException wrongBetas(String expected) {
        return training.wrong(
                "betas", expected, training.texts("betas").orElse(List.of()).toString());
    }

    double eps() {
        return training.real("eps", 0, NO_LIMIT).orElse(1e-8);
    }

    double real(String key, double least, double most, double otherwise) {
        return training.real(key, least, most).orElse(otherwise);
    }

    boolean flag(String key, boolean otherwise) {
        return training.flag(key).orElse(otherwise);
    }
}
