package dev.hone.data;

/**
 * How examples are laid into optimizer steps and micro-batches.
 *
 * @param seed the order of rows depends on this alone
 * @param shuffle whether each epoch has a random order of its own; else file order
 * @param length when the run ends
 * @param stepSize how much one optimizer step takes
 * @param pack whether rows are laid for best fill (best fit decreasing): rows of a step into
 *     micro-batches; and where steps are measured in tokens, rows of a window of the order into
 *     steps. Without, rows stand as they come
 * @param microBatchTokens most tokens of a micro-batch; a longer row stands alone
 */
public record BatchPlan(
        long seed,
        boolean shuffle,
        RunLength length,
        StepSize stepSize,
        boolean pack,
        int microBatchTokens) {

    public BatchPlan {
        requirePositive("micro_batch_tokens", microBatchTokens);
    }

    /** When a run ends. */
    public sealed interface RunLength {

        /** After this many epochs; an epoch sees every row once, or as the {@link Mixture} says. */
        record Epochs(int epochs) implements RunLength {
            public Epochs {
                requirePositive("epochs", epochs);
            }
        }

        /** After this many optimizer steps, beginning the rows anew as often as needed. */
        record Steps(long steps) implements RunLength {
            public Steps {
                requirePositive("steps", steps);
            }
        }
    }

    /** How much one optimizer step takes; the last step of an epoch takes what is left. */
    public sealed interface StepSize {

        /** This many rows. */
        record Rows(int rows) implements StepSize {
            public Rows {
                requirePositive("rows_per_step", rows);
            }
        }

        /** Rows of at most this many tokens together; a longer row is a step of its own. */
        record Tokens(int tokens) implements StepSize {
            public Tokens {
                requirePositive("tokens_per_step", tokens);
            }
        }
    }

    private static void requirePositive(String key, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(key + " is " + value + "; expected at least 1");
        }
    }
}
