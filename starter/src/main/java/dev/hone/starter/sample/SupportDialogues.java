package dev.hone.starter.sample;

import dev.hone.starter.Draw;
import dev.hone.starter.Row;
import java.util.List;

/**
 * Writes letters to a made-up shop and its answers. The answer follows from the letter alone: what
 * the customer wants decides the wording, and the name, order number, product and the rest are
 * copied. That makes exact match a fair test.
 */
record SupportDialogues(Draw draw) {
    /**
     * The shop's standing instruction. It names the shop and says nothing about the wording that
     * has to be learned.
     */
    static final String SYSTEM = "You answer letters to Fernwick, maker of garden tools.";

    private static final List<String> PRODUCTS =
            List.of(
                    "hand fork",
                    "border spade",
                    "leaf rake",
                    "pruning saw",
                    "hedge trimmer",
                    "potting bench",
                    "watering can",
                    "bulb planter",
                    "seed drill",
                    "garden sieve",
                    "dibber",
                    "lawn edger",
                    "weeding hoe",
                    "seed tray",
                    "kneeling mat",
                    "garden hammock",
                    "cold frame",
                    "twine stand",
                    "wheelbarrow",
                    "fruit picker");

    /** What the customer wants. */
    private enum Wish {
        LATE,
        BROKEN,
        CANCEL,
        PRAISE
    }

    /** What a letter mentions. */
    private record Case(String name, String order, String product) {}

    /** The next dialogue. */
    Row.Chat next() {
        Case facts =
                new Case(
                        draw.of(People.FIRST), "FW-" + draw.between(1000, 9999), draw.of(PRODUCTS));
        String order = facts.order();
        String product = facts.product();
        return switch (draw.of(Wish.values())) {
            case LATE ->
                    dialogue(
                            facts,
                            draw.of(
                                            "I ordered a %2$s from you %3$s (order %1$s) and it is still not here. Do you know where it is?",
                                            "My order %1$s should have been here %4$s, but there is no sign of the %2$s.",
                                            "I have been waiting for the %2$s from order %1$s since %5$s. Has it got lost?",
                                            "Could you find out what happened to order %1$s? The %2$s was promised for %5$s and has not arrived.",
                                            "It is about order %1$s. I paid for the %2$s %3$s and nothing has come so far.",
                                            "The parcel with the %2$s has not reached me yet, although I ordered it %3$s. The number is %1$s.")
                                    .formatted(
                                            order,
                                            product,
                                            draw.of(
                                                    "two weeks ago",
                                                    "three weeks ago",
                                                    "last month",
                                                    "ten days ago"),
                                            draw.of("a week ago", "days ago", "last week"),
                                            date()),
                            "I am sorry the %s is late. We are looking for order %s and write by noon."
                                    .formatted(product, order));
            case BROKEN ->
                    dialogue(
                            facts,
                            draw.of(
                                            "The %2$s from order %1$s arrived today and %3$s.",
                                            "I opened the parcel for order %1$s this morning: %3$s. I had been looking forward to the %2$s.",
                                            "Sadly my new %2$s is damaged, %3$s. The order was %1$s.",
                                            "Order %1$s came on %4$s, but the %2$s cannot be used because %3$s.",
                                            "I have a complaint about the %2$s you sent me with order %1$s: %3$s.")
                                    .formatted(
                                            order,
                                            product,
                                            draw.of(
                                                    "it is broken in two",
                                                    "there is a crack all along one side",
                                                    "one part is bent",
                                                    "it is badly scratched",
                                                    "it fell apart in my hands",
                                                    "the metal is dented",
                                                    "a screw is missing and it will not hold"),
                                            date()),
                            "I am sorry about the %s. A new one for order %s leaves tomorrow. Keep the old one for parts."
                                    .formatted(product, order));
            case CANCEL ->
                    dialogue(
                            facts,
                            draw.of(
                                            "Please cancel order %1$s. %3$s, so I no longer need the %2$s.",
                                            "I would like to cancel my order for a %2$s, number %1$s. %3$s.",
                                            "%3$s, and so I do not want the %2$s any more. Can you stop order %1$s?",
                                            "I have changed my mind about the %2$s. %3$s. The order I want to call off is %1$s.",
                                            "Is it still possible to withdraw order %1$s? %3$s and the %2$s would only gather dust.")
                                    .formatted(
                                            order,
                                            product,
                                            draw.of(
                                                    "My sister gave me one",
                                                    "I found my old one in the shed",
                                                    "We are giving up the allotment",
                                                    "A neighbour has lent me one",
                                                    "We move to a flat in spring")),
                            "No trouble at all. Order %s is cancelled and you get the money for the %s back."
                                    .formatted(order, product));
            case PRAISE ->
                    dialogue(
                            facts,
                            draw.of(
                                            "I just wanted to say how much I like the %2$s from order %1$s. %3$s.",
                                            "The %2$s you made for me is a joy. %3$s. It was order %1$s.",
                                            "No complaint today, only thanks for the %2$s (order %1$s). %3$s.",
                                            "What a beautiful %2$s! %3$s. Please tell the people who packed order %1$s.",
                                            "Order %1$s came yesterday and I am delighted with the %2$s. %3$s.")
                                    .formatted(
                                            order,
                                            product,
                                            draw.of(
                                                    "My roses thank you too",
                                                    "Even my husband wants one now",
                                                    "It lies so well in the hand",
                                                    "I have not put it down all week",
                                                    "The whole allotment is jealous")),
                            "You have made our day. Your words about the %s now hang above the bench, beside order %s."
                                    .formatted(product, order));
        };
    }

    private Row.Chat dialogue(Case facts, String matter, String reply) {
        String name = facts.name();
        String letter =
                draw.of(
                        "Hello, ",
                        "Hi there, ",
                        "Good morning, ",
                        "Dear team, ",
                        "",
                        "Good evening, ",
                        "Dear Fernwick, ");
        String said = letter.isEmpty() ? matter : letter + lowered(matter);
        String signed =
                switch (draw.below(7)) {
                    case 0 -> said + " Thanks, " + name;
                    case 1 -> said + " Kind regards, " + name + " " + draw.of(People.LAST);
                    case 2 -> said + "\n" + name;
                    case 3 -> said + " Thank you in advance! " + name;
                    case 4 -> said + "\nBest wishes\n" + name + " " + draw.of(People.LAST);
                    case 5 -> said + " Yours, " + name;
                    default -> "My name is " + name + " " + draw.of(People.LAST) + ". " + matter;
                };
        return Row.chat(
                SYSTEM,
                signed,
                "Dear "
                        + name
                        + ", hello from the potting shed. "
                        + reply
                        + " Happy digging, Fern");
    }

    /**
     * After a greeting with a comma the letter goes on in small letters, except for "I" and names.
     */
    private static String lowered(String matter) {
        boolean keeps = matter.startsWith("I ") || matter.startsWith("FW-");
        return keeps ? matter : Character.toLowerCase(matter.charAt(0)) + matter.substring(1);
    }

    private String date() {
        return draw.between(1, 28) + " " + draw.of(Months.NAMES);
    }
}
