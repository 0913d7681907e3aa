package dev.hone.data;

/** Which tokens of a conversation are trained. Other rows say so themselves. */
public enum TrainOn {
    /** The assistant's turns, each with its message's weight. */
    ASSISTANT,
    /** The last assistant turn. */
    LAST,
    /** Every token, whoever speaks. */
    ALL
}
