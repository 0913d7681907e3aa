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
    private static final List<String> HANDLES =
            List.of("ash", "cherry", "walnut", "beech", "hazel", "elm");
    private static final List<String> MONTHS =
            List.of(
                    "January",
                    "February",
                    "March",
                    "April",
                    "May",
                    "June",
                    "July",
                    "August",
                    "September",
                    "October",
                    "November",
                    "December");

    /** What the customer wants. */
    private enum Wish {
        LATE,
        BROKEN,
        WRONG,
        ADDRESS,
        CANCEL,
        INVOICE,
        HANDLE,
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
            case WRONG -> {
                String other = otherThan(product, PRODUCTS);
                yield dialogue(
                        facts,
                        draw.of(
                                        "I ordered a %2$s, but the parcel for order %1$s had a %3$s in it.",
                                        "There must be a mix-up with order %1$s: I got a %3$s instead of the %2$s.",
                                        "In the box for %1$s I found a %3$s. What I wanted was the %2$s.",
                                        "You sent me a %3$s. That is not what I bought: order %1$s was for a %2$s.",
                                        "Someone else is probably missing a %3$s. It came with my order %1$s, which should have been a %2$s.")
                                .formatted(order, product, other),
                        "Our mistake. The %s for order %s goes out today. The %s is yours to keep."
                                .formatted(product, order, other));
            }
            case ADDRESS -> {
                String address = draw.between(1, 180) + " " + draw.of(People.STREETS);
                yield dialogue(
                        facts,
                        draw.of(
                                        "I am moving house. Please send order %1$s (a %2$s) to %3$s.",
                                        "Can the %2$s from order %1$s go to another address? The new one is %3$s.",
                                        "I gave you the wrong address for order %1$s. The %2$s should go to %3$s.",
                                        "My parents will take the parcel for me, so please deliver order %1$s with the %2$s to %3$s.",
                                        "Could you change the delivery address for my %2$s? It is order %1$s and the street is now %3$s.")
                                .formatted(order, product, address),
                        "Consider it done. Order %s with the %s now goes to %s."
                                .formatted(order, product, address));
            }
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
            case INVOICE -> {
                String email = People.email(draw, facts.name());
                yield dialogue(
                        facts,
                        draw.of(
                                        "I need an invoice for the %2$s, order %1$s. Please mail it to %3$s.",
                                        "For my tax papers I still need the bill for order %1$s. It was a %2$s. My e-mail is %3$s.",
                                        "Could you send a copy of the invoice for order %1$s to %3$s? It is for the %2$s.",
                                        "There was no invoice in the box with my %2$s. The order is %1$s and you can write to %3$s.",
                                        "My accountant asks for the receipt of order %1$s, the %2$s. The address for it is %3$s.")
                                .formatted(order, product, email),
                        "Gladly. The invoice for order %s, the %s, goes to %s."
                                .formatted(order, product, email));
            }
            case HANDLE -> {
                String wood = draw.of(HANDLES);
                String better = otherThan(wood, HANDLES);
                yield dialogue(
                        facts,
                        draw.of(
                                        "I chose %3$s for the handle of my %2$s, but I would rather have %4$s. The order is %1$s.",
                                        "Can I still swap the wood? Order %1$s, the %2$s: please %4$s in place of %3$s.",
                                        "My %2$s in order %1$s comes in %3$s. Would you make it in %4$s for me?",
                                        "About order %1$s: I picked %3$s for the %2$s by accident and meant %4$s.",
                                        "Please change the %2$s in order %1$s from %3$s to %4$s if it is not too late.")
                                .formatted(order, product, wood, better),
                        "A fine choice. The %s of order %s will be %s and not %s."
                                .formatted(product, order, better, wood));
            }
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
        return draw.between(1, 28) + " " + draw.of(MONTHS);
    }

    private String otherThan(String taken, List<String> choices) {
        String other = draw.of(choices);
        while (other.equals(taken)) {
            other = draw.of(choices);
        }
        return other;
    }
}
