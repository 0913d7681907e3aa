package dev.hone.data.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * E-mail addresses of people. Domains reserved for examples (RFC 2606), common stand-ins and
 * mailboxes of an office, such as info@, do not count.
 */
record Emails() implements Sensitive {

    private static final Pattern ADDRESS =
            Pattern.compile(
                    "(?<![\\w.+-])([A-Za-z0-9][\\w.+-]{0,63})@((?:[A-Za-z0-9-]{1,63}\\.){1,8}[A-Za-z]{2,24})(?![\\w-])");

    private static final Pattern STAND_IN =
            Pattern.compile(
                    "(.*\\.)?(example|domain|email|mail|company|yourcompany|yourdomain|test)\\.[a-z]+"
                            + "|.*\\.(example|test|invalid|localhost)");

    private static final Set<String> OFFICES =
            Set.of(
                    "info",
                    "support",
                    "sales",
                    "contact",
                    "hello",
                    "admin",
                    "help",
                    "service",
                    "office",
                    "press",
                    "jobs",
                    "noreply",
                    "no-reply",
                    "webmaster",
                    "postmaster",
                    "git",
                    "privacy",
                    "feedback",
                    "enquiries",
                    "customerservice");

    @Override
    public Code code() {
        return Code.EMAIL;
    }

    @Override
    public String accepted() {
        return "no address of a person; example.com is free for use";
    }

    @Override
    public List<Hit> find(String text) {
        if (text.indexOf('@') < 0) {
            return List.of();
        }
        List<Hit> hits = new ArrayList<>();
        Matcher matcher = ADDRESS.matcher(text);
        while (matcher.find()) {
            String domain = matcher.group(2).toLowerCase(Locale.ROOT);
            String mailbox = matcher.group(1).toLowerCase(Locale.ROOT);
            if (!STAND_IN.matcher(domain).matches() && !OFFICES.contains(mailbox)) {
                hits.add(new Hit("an e-mail address", matcher.start(), matcher.end()));
            }
        }
        return hits;
    }
}
