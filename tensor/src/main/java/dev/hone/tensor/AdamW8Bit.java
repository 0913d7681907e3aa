package dev.hone.tensor;

/**
 * {@link AdamW} whose moments are kept in 8 bits (Dettmers et al. 2022, arXiv 2110.02861), as
 * bitsandbytes keeps them: {@value #BLOCK} consecutive elements share the largest magnitude among
 * them, and an element is the code of its share of that. The update is computed in fp32 from the
 * moments as read, before they are stored again.
 *
 * <p>States: codes of m by {@link DynamicMap#signed}, U8 [elements]; F32 [blocks], the last one may
 * be short; codes of v by {@link DynamicMap#unsigned}; F32 [blocks].
 */
public record AdamW8Bit(AdamW constants) implements UpdateRule {
    /** Elements that share a scale. */
    public static final int BLOCK = 256;

    @Override
    public UpdateStep step() {
        return constants.step();
    }

    /** Number of scales of so many elements. */
    public static long blocks(long elements) {
        return Math.ceilDiv(elements, BLOCK);
    }
}
