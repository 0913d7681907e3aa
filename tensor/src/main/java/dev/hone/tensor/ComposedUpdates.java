package dev.hone.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The update rules as plain array arithmetic, parameter by parameter. Rules that see one element at
 * a time take a parameter in parts, so that temporaries stay small.
 */
final class ComposedUpdates {
    /** Elements of a part: whole runs of random bits, whole blocks of 8-bit states. */
    private static final long PART = 1L << 22;

    private final Primitives p;

    ComposedUpdates(Primitives primitives) {
        this.p = primitives;
    }

    void update(UpdateRule rule, List<UpdateSlot> slots) {
        for (UpdateSlot slot : slots) {
            try (Scope _ = p.scopes().open()) {
                switch (rule) {
                    case AdamW r -> inParts(slot, r, part -> adamW(r, part));
                    case ScheduleFreeAdamW r -> inParts(slot, r, part -> scheduleFree(r, part));
                    case Lion r -> inParts(slot, r, part -> lion(r, part));
                    case AdamW8Bit r -> adamW8Bit(r, slot);
                    case Adafactor r -> new ComposedAdafactor(p, this, r).update(slot);
                    case Muon r -> new ComposedMuon(p, this, r).update(slot);
                }
            }
        }
    }

    /**
     * Elements [from, to) of a slot, flat: views, but for the weight of a slot without a master,
     * which is a copy in full precision.
     */
    record Part(UpdateSlot slot, long from, Tensor weight, Tensor gradient, List<Tensor> states) {}

    private void inParts(UpdateSlot slot, UpdateRule rule, Consumer<Part> update) {
        inParts(slot, rule, slot.states(), update);
    }

    /** Updates the weight part by part; clears the gradient. */
    void inParts(UpdateSlot slot, UpdateRule rule, List<Tensor> states, Consumer<Part> update) {
        long elements = slot.gradient().elements();
        for (long from = 0; from < elements; from += PART) {
            part(slot, rule, states, from, Math.min(elements, from + PART), update);
        }
    }

    private void part(
            UpdateSlot slot,
            UpdateRule rule,
            List<Tensor> states,
            long from,
            long to,
            Consumer<Part> update) {
        try (Scope _ = p.scopes().open()) {
            Tensor gradient = flat(slot.gradient(), from, to);
            Tensor weight =
                    slot.master() != null
                            ? flat(slot.master(), from, to)
                            : p.cast(flat(slot.value(), from, to), gradient.dtype());
            List<Tensor> parts = new ArrayList<>();
            states.forEach(state -> parts.add(flat(state, from, to)));
            update.accept(new Part(slot, from, weight, gradient, parts));
            if (slot.master() == null) {
                long run = slot.firstRun() + from / RandomBits.RUN;
                p.roundToBf16(weight, p.randomBits(weight.shape(), rule.step().seed(), run));
                p.copy(weight, flat(slot.value(), from, to));
            } else if (slot.copies()) {
                p.copy(weight, flat(slot.value(), from, to));
            }
            p.fill(gradient, 0);
        }
    }

    private Tensor flat(Tensor tensor, long from, long to) {
        return p.slice(p.view(tensor, Shape.of(tensor.elements())), 0, from, to);
    }

    private void adamW(AdamW rule, Part part) {
        Tensor m = part.states().get(0);
        Tensor v = part.states().get(1);
        moments(rule, part.gradient(), m, v);
        step(rule, part, m, v);
    }

    /** m and v of the gradient, which is overwritten. */
    private void moments(AdamW rule, Tensor gradient, Tensor m, Tensor v) {
        p.affineInPlace(gradient, rule.step().gradientScale(), 0);
        p.affineInPlace(m, rule.beta1(), 0);
        p.addInPlace(m, gradient, 1 - rule.beta1());
        p.affineInPlace(v, rule.beta2(), 0);
        p.mulInPlace(gradient, gradient);
        p.addInPlace(v, gradient, 1 - rule.beta2());
    }

    private void step(AdamW rule, Part part, Tensor m, Tensor v) {
        p.affineInPlace(part.weight(), part.slot().decay(rule.step()), 0);
        Tensor denominator = p.cast(v, v.dtype());
        p.sqrtInPlace(denominator);
        p.affineInPlace(denominator, rule.rootCorrection(), rule.eps());
        Tensor update = p.cast(m, m.dtype());
        p.divInPlace(update, denominator);
        p.addInPlace(part.weight(), update, rule.stepSize(part.slot()));
    }

    private void scheduleFree(ScheduleFreeAdamW rule, Part part) {
        Tensor y = part.weight();
        Tensor g = part.gradient();
        Tensor z = part.states().get(0);
        Tensor v = part.states().get(1);
        p.affineInPlace(g, rule.step().gradientScale(), 0);
        p.affineInPlace(v, rule.beta2(), 0);
        p.addInPlace(v, p.mul(g, g), 1 - rule.beta2());
        Tensor denominator = p.cast(v, v.dtype());
        p.sqrtInPlace(denominator);
        p.affineInPlace(denominator, 1, rule.eps());
        p.divInPlace(g, denominator); // g is now u
        p.addInPlace(g, y, part.slot().weightDecay());
        p.affineInPlace(y, 1 - rule.average(), 0);
        p.addInPlace(y, z, rule.average());
        p.addInPlace(y, g, rule.stepSizeOfY(part.slot()));
        p.addInPlace(z, g, -rule.stepSize(part.slot()));
    }

    private void lion(Lion rule, Part part) {
        Tensor g = part.gradient();
        Tensor m = part.states().get(0);
        p.affineInPlace(g, rule.step().gradientScale(), 0);
        Tensor direction = p.cast(m, m.dtype());
        p.affineInPlace(direction, rule.beta1(), 0);
        p.addInPlace(direction, g, 1 - rule.beta1());
        p.signInPlace(direction);
        p.affineInPlace(m, rule.beta2(), 0);
        p.addInPlace(m, g, 1 - rule.beta2());
        p.affineInPlace(part.weight(), part.slot().decay(rule.step()), 0);
        p.addInPlace(part.weight(), direction, -part.slot().rate(rule.step()));
    }

    // Moments in 8 bits

    private void adamW8Bit(AdamW8Bit rule, UpdateSlot slot) {
        Tables signed = tables(DynamicMap.signed());
        Tables unsigned = tables(DynamicMap.unsigned());
        long elements = slot.gradient().elements();
        long whole = elements / AdamW8Bit.BLOCK * AdamW8Bit.BLOCK;
        for (long from = 0; from < whole; from += PART) {
            long to = Math.min(whole, from + PART);
            part(slot, rule, List.of(), from, to, part -> eightBit(rule, part, signed, unsigned));
        }
        if (whole < elements) {
            part(
                    slot,
                    rule,
                    List.of(),
                    whole,
                    elements,
                    part -> eightBit(rule, part, signed, unsigned));
        }
    }

    /** A map on the device: its values by code, and the bounds between codes. */
    private record Tables(Tensor values, Tensor bounds) {}

    private Tables tables(DynamicMap map) {
        return new Tables(
                p.upload(MemorySegment.ofArray(map.values()), DType.F32, Shape.of(256)),
                p.upload(MemorySegment.ofArray(map.bounds()), DType.F32, Shape.of(255)));
    }

    private void eightBit(AdamW8Bit rule, Part part, Tables signed, Tables unsigned) {
        Moment m = moment(part, 0);
        Moment v = moment(part, 2);
        DType wide = part.gradient().dtype();
        Tensor first = read(m, signed, wide);
        Tensor second = read(v, unsigned, wide);
        moments(rule.constants(), part.gradient(), first, second);
        step(rule.constants(), part, first, second);
        store(first, m, signed);
        store(second, v, unsigned);
    }

    /**
     * Part of a moment.
     *
     * @param codes U8 [elements]
     * @param scales F32 [blocks, 1]
     */
    private record Moment(Tensor codes, Tensor scales) {
        /** Elements as [blocks, elements of a block]: a part has whole blocks, or is one. */
        Shape blocks() {
            return Shape.of(scales.elements(), codes.elements() / scales.elements());
        }
    }

    private Moment moment(Part part, int state) {
        long elements = part.gradient().elements();
        long block = part.from() / AdamW8Bit.BLOCK;
        long blocks = AdamW8Bit.blocks(elements);
        Tensor codes = part.slot().states().get(state);
        Tensor scales = part.slot().states().get(state + 1);
        return new Moment(
                flat(codes, part.from(), part.from() + elements),
                p.view(flat(scales, block, block + blocks), Shape.of(blocks, 1)));
    }

    private Tensor read(Moment moment, Tables map, DType wide) {
        Tensor values = p.indexRows(map.values(), p.cast(moment.codes(), DType.I64));
        p.mulInPlace(p.view(values, moment.blocks()), moment.scales());
        return wide == DType.F32 ? values : p.cast(values, wide);
    }

    private void store(Tensor values, Moment moment, Tables map) {
        Tensor narrow = p.view(p.cast(values, DType.F32), moment.blocks());
        Tensor magnitude = p.cast(narrow, DType.F32);
        p.signInPlace(magnitude);
        p.mulInPlace(magnitude, narrow);
        Tensor scales = p.max(magnitude, -1);
        p.copy(scales, moment.scales());
        p.clampMinInPlace(scales, Float.MIN_NORMAL); // a block of zeros is zeros over anything
        p.divInPlace(narrow, scales);
        p.copy(p.bucketize(p.view(narrow, moment.codes().shape()), map.bounds()), moment.codes());
    }

    /** Σ x², added to {@code into} [1] F32. */
    void sumOfSquares(List<Tensor> tensors, Tensor into) {
        for (Tensor tensor : tensors) {
            long elements = tensor.elements();
            for (long from = 0; from < elements; from += PART) {
                try (Scope _ = p.scopes().open()) {
                    Tensor part = flat(tensor, from, Math.min(elements, from + PART));
                    p.addInPlace(into, p.sum(p.mul(part, part), 0), 1);
                }
            }
        }
    }
}
