package dev.hone.plan;

/**
 * A setting worth another value, with the reason.
 *
 * @param key of the run file
 * @param now its value
 * @param proposed the value to take, the same when it is right
 */
public record Proposal(String key, String now, String proposed, String reason) {

    /** Whether there is anything to change. */
    public boolean changes() {
        return !now.equals(proposed);
    }
}
