package dev.hone.train;

import java.util.List;

/** Every optimizer with its default settings. */
final class Optimizers {
    static final List<OptimizerRule> ALL =
            List.of(
                    AdamWRule.DEFAULT,
                    new AdamW8BitRule(AdamWRule.DEFAULT),
                    new AdafactorRule(0.8, 1, false),
                    new LionRule(0.9, 0.99),
                    new MuonRule(0.95, AdamWRule.DEFAULT),
                    new ScheduleFreeRule(0.9, 0.999, 1e-8));

    private Optimizers() {}
}
