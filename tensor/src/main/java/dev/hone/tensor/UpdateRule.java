package dev.hone.tensor;

/**
 * How an optimizer changes a parameter in one step: the step and the rule's constants. Each rule
 * says which states it keeps of a parameter; lists of states are in that order. States are fp32
 * (fp64 where arithmetic is) unless the rule says otherwise.
 *
 * <p>Letters: p parameter, g gradient (scaled), t the step from 1, η the parameter's learning rate,
 * λ its weight decay.
 */
public sealed interface UpdateRule
        permits AdamW, AdamW8Bit, ScheduleFreeAdamW, Lion, Adafactor, Muon {

    UpdateStep step();
}
