package dev.hone.data.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys and passwords that have a form of their own. Forms are those that the services document;
 * examples such as {@code sk-your-key-here} do not count.
 */
record Secrets() implements Sensitive {

    /**
     * @param hint a literal that stands in every one, looked for first
     */
    private record Form(String what, String hint, Pattern pattern) {
        Form(String what, String hint, String pattern) {
            this(what, hint, Pattern.compile(pattern));
        }
    }

    private static final List<Form> FORMS =
            List.of(
                    new Form(
                            "a private key",
                            "PRIVATE KEY-----",
                            "-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[A-Za-z0-9+/=\\s]{40,}"),
                    new Form("an AWS access key", "AKIA", "\\bAKIA[0-9A-Z]{16}\\b"),
                    new Form("an AWS session key", "ASIA", "\\bASIA[0-9A-Z]{16}\\b"),
                    new Form("a GitHub token", "gh", "\\bgh[pousr]_[A-Za-z0-9]{36,}\\b"),
                    new Form("a GitHub token", "github_pat_", "\\bgithub_pat_[A-Za-z0-9_]{50,}"),
                    new Form("a GitLab token", "glpat-", "\\bglpat-[A-Za-z0-9_-]{20,}"),
                    new Form("an API key", "sk-", "\\bsk-[A-Za-z0-9_-]{20,}"),
                    new Form("a Stripe key", "k_live_", "\\b[sr]k_live_[A-Za-z0-9]{16,}"),
                    new Form("a Slack token", "xox", "\\bxox[abprs]-[A-Za-z0-9-]{20,}"),
                    new Form("a Google API key", "AIza", "\\bAIza[0-9A-Za-z_-]{35}"),
                    new Form("a Hugging Face token", "hf_", "\\bhf_[A-Za-z0-9]{30,}\\b"),
                    new Form("an npm token", "npm_", "\\bnpm_[A-Za-z0-9]{36}\\b"),
                    new Form(
                            "a signed web token",
                            "eyJ",
                            "\\beyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}"),
                    new Form(
                            "a password in an address",
                            "://",
                            "(?<=://)[^/\\s:@\"'<>]{2,64}:[^/\\s:@\"'<>{}$\\[]{6,64}@(?=[A-Za-z0-9])"));

    private static final Pattern EXAMPLE =
            Pattern.compile("example|your|xxxx|\\.\\.\\.|1234567|abcdef|password|placeholder");

    @Override
    public Code code() {
        return Code.SECRET;
    }

    @Override
    public String accepted() {
        return "a text without keys and passwords";
    }

    @Override
    public List<Hit> find(String text) {
        List<Hit> hits = new ArrayList<>();
        for (Form form : FORMS) {
            if (text.contains(form.hint())) {
                Matcher matcher = form.pattern().matcher(text);
                while (matcher.find()) {
                    if (looksReal(matcher.group())) {
                        hits.add(new Hit(form.what(), matcher.start(), matcher.end()));
                    }
                }
            }
        }
        return Sensitive.apart(hits);
    }

    private static boolean looksReal(String key) {
        return key.chars().distinct().count() >= 10
                && !EXAMPLE.matcher(key.toLowerCase(Locale.ROOT)).find();
    }
}
