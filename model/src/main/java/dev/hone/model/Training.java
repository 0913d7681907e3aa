package dev.hone.model;

/** What of a decoder trains. */
public sealed interface Training {

    /** Nothing; an adapter, if there is one, is applied as it is. */
    record Frozen() implements Training {}

    /**
     * Every weight.
     *
     * @param masters whether each weight has an fp32 master; without, bf16 is all there is of it
     * @param gradients whether all gradients are there from the start; otherwise each is there only
     *     while a backward pass completes it
     */
    record Full(boolean masters, boolean gradients) implements Training {

        /** With fp32 masters and all gradients. */
        public Full() {
            this(true, true);
        }
    }

    /** The adapter's weights only. */
    record AdapterOnly() implements Training {}

    /** How one parameter is held. */
    record Trained(boolean trainable, boolean master, boolean gradient) {}

    /** How the base's parameters are held. */
    default Trained base() {
        return this instanceof Full(boolean masters, boolean gradients)
                ? new Trained(true, masters, gradients)
                : new Trained(false, false, false);
    }

    /** How an adapter's parameters are held. */
    default Trained adapter() {
        boolean trains = this instanceof AdapterOnly;
        return new Trained(trains, trains, trains);
    }
}
