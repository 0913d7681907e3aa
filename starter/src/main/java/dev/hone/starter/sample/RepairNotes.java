package dev.hone.starter.sample;

import dev.hone.starter.Draw;
import dev.hone.starter.Row;
import java.time.LocalDate;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;

/**
 * Writes hasty notes from the counter of a bicycle repair shop, and the JSON that belongs in the
 * shop's job list.
 */
record RepairNotes(Draw draw) {
    /** The standing instruction. It names the task and says nothing about keys or notation. */
    static final String SYSTEM = "Job card for this note. Year: 2026.";

    private record Fault(String kind, List<String> signs) {}

    private static final List<Fault> FAULTS =
            List.of(
                    new Fault(
                            "brakes",
                            List.of(
                                    "the brakes squeal",
                                    "brake pads are worn",
                                    "front brake does nothing",
                                    "brake lever goes right to the bar")),
                    new Fault(
                            "gears",
                            List.of(
                                    "gears slip uphill",
                                    "it will not shift up",
                                    "gear cable is stuck",
                                    "skips in third gear")),
                    new Fault(
                            "tyre",
                            List.of(
                                    "rear tyre is flat again",
                                    "tyre has a cut",
                                    "puncture in front",
                                    "inner tube loses air overnight")),
                    new Fault(
                            "chain",
                            List.of(
                                    "the chain jumps off",
                                    "chain is rusty",
                                    "chain makes a grinding noise",
                                    "chain snapped on the way here")),
                    new Fault(
                            "lights",
                            List.of(
                                    "lights flicker",
                                    "rear lamp is dead",
                                    "front lamp hangs loose",
                                    "dynamo gives no light")),
                    new Fault(
                            "wheel",
                            List.of(
                                    "back wheel is buckled",
                                    "two spokes are broken",
                                    "front wheel wobbles",
                                    "wheel rubs against the frame")));
    private static final List<String> COLOURS =
            List.of("blue", "red", "green", "black", "white", "grey", "yellow", "orange");
    private static final List<String> BIKES =
            List.of(
                    "Velmar 20",
                    "Velmar 26",
                    "Torino",
                    "Kestrel",
                    "Kestrel Lite",
                    "Bramble",
                    "Wanderer",
                    "Wanderer 3",
                    "Pico",
                    "Dromos",
                    "Halden",
                    "Halden Cross",
                    "Luma",
                    "Marlow 7",
                    "Ostrava",
                    "Nimbus");

    /** The next note with its job card. */
    Row.Chat next() {
        String name = People.name(draw);
        String bike = draw.of(COLOURS) + " " + draw.of(BIKES);
        Fault fault = draw.of(FAULTS);
        String sign = draw.of(fault.signs());
        LocalDate due = LocalDate.of(2026, draw.between(1, 12), draw.between(1, 28));
        int limit = draw.between(3, 30) * 5;
        String by = written(due);
        String note =
                draw.of(
                                "%1$s came in with a %2$s, %3$s. Needs it back by %4$s. Not more than %5$d euros.",
                                "%2$s from %1$s: %3$s. Ready by %4$s please, limit is %5$d euros.",
                                "Call from %1$s. The %2$s is in trouble, %3$s. Up to %5$d euros is fine, pick-up %4$s.",
                                "For %4$s: %2$s, %3$s. Owner %1$s will pay %5$d euros at most.",
                                "%1$s left a %2$s at the counter and says %3$s. Wants to spend %5$d euros at the most and collect it on %4$s.",
                                "Spoke to %1$s. %3$s, it is the %2$s by the door. Done by %4$s, stop if it gets dearer than %5$d euros.",
                                "Job for %1$s. Bike: %2$s. Problem: %3$s. Promised for %4$s, ceiling %5$d euros.")
                        .formatted(name, bike, sign, by, limit);
        String card =
                "{\"owner\":\"%s\",\"bike\":\"%s\",\"fault\":\"%s\",\"due\":\"%s\",\"max_euros\":%d}"
                        .formatted(name, bike, fault.kind(), due, limit);
        return Row.chat(SYSTEM, capital(note), card);
    }

    private String written(LocalDate day) {
        String month = day.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
        int date = day.getDayOfMonth();
        return draw.of(date + " " + month, month + " " + date);
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** The kinds of fault a job card may name. */
    static List<String> faults() {
        return FAULTS.stream().map(Fault::kind).toList();
    }
}
