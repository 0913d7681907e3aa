package dev.hone.model;

/** What of a decoder trains. */
public sealed interface Training {

    /** Nothing; an adapter, if there is one, is applied as it is. */
    record Frozen() implements Training {}

    /** Every weight. */
    record Full() implements Training {}

    /** The adapter's weights only. */
    record AdapterOnly() implements Training {}
}
