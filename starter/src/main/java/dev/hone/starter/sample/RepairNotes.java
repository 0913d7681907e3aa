package dev.hone.starter.sample;

import dev.hone.starter.Draw;
import dev.hone.starter.Row;
import java.util.List;

/**
 * Writes hasty notes from the counter of a bicycle repair shop, and the JSON that belongs in the
 * shop's job list.
 */
record RepairNotes(Draw draw) {
    /** The standing instruction. It names the task and says nothing about keys or notation. */
    static final String SYSTEM = "Job card for this note.";

    private record Fault(String kind, List<String> signs) {}

    private static final List<Fault> FAULTS =
            List.of(
                    new Fault(
                            "brakes",
                            List.of(
                                    "the brakes squeal",
                                    "the brakes are worn",
                                    "the brakes do nothing")),
                    new Fault(
                            "gears",
                            List.of(
                                    "gears slip uphill",
                                    "the gears are stuck",
                                    "the gears will not shift up")),
                    new Fault(
                            "tyre",
                            List.of(
                                    "rear tyre is flat again",
                                    "tyre has a cut",
                                    "the tyre loses air overnight")),
                    new Fault(
                            "chain",
                            List.of(
                                    "the chain jumps off",
                                    "chain is rusty",
                                    "the chain makes a grinding noise")),
                    new Fault(
                            "lights",
                            List.of(
                                    "lights flicker",
                                    "the lights are dead",
                                    "the lights hang loose")),
                    new Fault(
                            "wheel",
                            List.of(
                                    "back wheel is buckled",
                                    "front wheel wobbles",
                                    "a wheel rubs against the frame")));
    private static final List<String> BIKES =
            List.of(
                    "Velmar 20",
                    "Torino",
                    "Kestrel",
                    "Bramble",
                    "Wanderer",
                    "Pico",
                    "Dromos",
                    "Halden",
                    "Luma",
                    "Marlow 7",
                    "Ostrava",
                    "Nimbus");

    /** The next note with its job card. */
    Row.Chat next() {
        String name = People.name(draw);
        String bike = draw.of(BIKES);
        Fault fault = draw.of(FAULTS);
        String sign = draw.of(fault.signs());
        String due = draw.of(Months.NAMES) + " " + draw.between(1, 28);
        int limit = draw.between(3, 30) * 5;
        String note =
                draw.of(
                                "%1$s came in with a %2$s, %3$s. Needs it back by %4$s. Not more than %5$d euros.",
                                "%2$s from %1$s: %3$s. Ready by %4$s please, limit is %5$d euros.",
                                "Call from %1$s. The %2$s is in trouble, %3$s. Up to %5$d euros is fine, pick-up %4$s.",
                                "For %4$s: %2$s, %3$s. Owner %1$s will pay %5$d euros at most.",
                                "%1$s left a %2$s at the counter and says %3$s. Wants to spend %5$d euros at the most and collect it on %4$s.",
                                "Spoke to %1$s. %3$s, it is the %2$s by the door. Done by %4$s, stop if it gets dearer than %5$d euros.",
                                "Job for %1$s. Bike: %2$s. Problem: %3$s. Promised for %4$s, ceiling %5$d euros.")
                        .formatted(name, bike, sign, due, limit);
        String card =
                "{\"owner\":\"%s\",\"bike\":\"%s\",\"fault\":\"%s\",\"due\":\"%s\",\"max_euros\":%d}"
                        .formatted(name, bike, fault.kind(), due, limit);
        return Row.chat(SYSTEM, capital(note), card);
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** The kinds of fault a job card may name. */
    static List<String> faults() {
        return FAULTS.stream().map(Fault::kind).toList();
    }
}
