package dev.hone.train;

import dev.hone.model.Holding;
import dev.hone.model.KeepPolicy;
import dev.hone.model.ModelConfig;
import dev.hone.model.Placement;
import dev.hone.model.Placements;
import dev.hone.tensor.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The ways in which a model can be held, and which of them to take where memory is scarce.
 *
 * @param families lists of ways, each way slower and smaller than the one before it; the first list
 *     has every frozen weight on the device
 */
public record HoldingSearch(List<List<Holding>> families) {
    /** Parts of a model's layers by which inputs are parked, and weights are streamed. */
    private static final int PARKED = 4;

    private static final int STREAMED = 16;

    /** All there are for a run on this device. */
    public static HoldingSearch of(ModelConfig config, RunFile.Method method, Device device) {
        boolean card = device.kind() == Device.Kind.CUDA;
        List<KeepPolicy> policies = policies(config.layers(), card);
        List<Placements> placements = new ArrayList<>(List.of(Placements.DEVICE));
        if (card && LayeredStep.alike(config, method) && method instanceof RunFile.Method.Lora) {
            placements.addAll(away(config));
        }
        return new HoldingSearch(
                placements.stream()
                        .map(place ->
                                policies.stream().map(keep -> new Holding(keep, place)).toList())
                        .toList());
    }

    /** One way alone. */
    public static HoldingSearch fixed(Holding holding) {
        return new HoldingSearch(List.of(List.of(holding)));
    }

    private static List<KeepPolicy> policies(int layers, boolean card) {
        List<KeepPolicy> policies = new ArrayList<>(KeepPolicy.byMemory(layers));
        for (int part = 1; card && part <= PARKED; part++) {
            int parked = layers * part / PARKED;
            if (parked > 2) { // two inputs are on their way at a time
                policies.add(new KeepPolicy(parked, layers - parked, 0));
            }
        }
        return policies;
    }

    private static List<Placements> away(ModelConfig config) {
        List<Placements> placements = new ArrayList<>();
        boolean embedding = !config.tied();
        if (embedding) {
            placements.add(new Placements(0, Placement.HOST, true));
        }
        for (int part = 1; part <= STREAMED; part++) {
            int streamed = config.layers() * part / STREAMED;
            int before = config.layers() * (part - 1) / STREAMED;
            if (streamed > 2 && streamed > before) { // two layers have a place on the device
                placements.add(new Placements(streamed, Placement.HOST, embedding));
            }
        }
        return placements;
    }

    /** The fastest and largest. */
    public Holding first() {
        return families.getFirst().getFirst();
    }

    /** The smallest of all. */
    public Holding smallest() {
        return families.getLast().getLast();
    }

    /** Whether there is more than one. */
    public boolean hasChoice() {
        return families.size() > 1 || families.getFirst().size() > 1;
    }

    /** What a way takes. */
    public interface Needs {

        /** Bytes of the device at the peak. */
        long deviceBytes(Holding holding);

        /** Bytes of host memory; within a family the smaller ways take as much or more. */
        long hostBytes(Holding holding);

        double seconds(Holding holding);
    }

    /**
     * The fastest of those that fit; empty when none does.
     *
     * @param room bytes of the device
     * @param hostRoom bytes of host memory
     */
    public Optional<Holding> fastest(long room, long hostRoom, Needs needs) {
        if (needs.deviceBytes(first()) <= room) {
            return Optional.of(first());
        }
        @Nullable Holding best = null;
        double least = Double.POSITIVE_INFINITY;
        for (List<Holding> family : families) {
            Optional<Holding> found =
                    largest(family, room, needs).filter(way -> needs.hostBytes(way) <= hostRoom);
            if (found.isPresent()) {
                double time = needs.seconds(found.get());
                if (time < least) {
                    least = time;
                    best = found.get();
                }
            }
        }
        return Optional.ofNullable(best);
    }

    /** The first of a family that fits. */
    private static Optional<Holding> largest(List<Holding> family, long room, Needs needs) {
        int low = 0; // all before it are too large
        int high = family.size(); // it and all behind fit, or there is none
        while (low < high) {
            int middle = (low + high) / 2;
            if (needs.deviceBytes(family.get(middle)) <= room) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low < family.size() ? Optional.of(family.get(low)) : Optional.empty();
    }
}
