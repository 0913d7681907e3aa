package dev.hone.data.check;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The language of a text: by its script, and among those in Latin letters by their commonest small
 * words. Says nothing where it is not sure: short texts, code, lists of names.
 */
enum Language {
    ENGLISH(
            "English",
            "the of and to in is that it for was with as be by this are from or have not you which"
                    + " an they their has will can its at his but were been your how what there"),
    GERMAN(
            "German",
            "der die das und ist nicht ein eine zu den mit von auf für dem sich des im auch es ich"
                    + " sie er wir wird sind oder wie bei einer aus werden kann als nach über"),
    FRENCH(
            "French",
            "le la les et est un une des du de dans que qui pour pas sur avec ce il elle vous nous"
                    + " par plus au aux ou sont être cette votre je ne se mais"),
    SPANISH(
            "Spanish",
            "el la los las y es un una de del que en por con para no se su como más pero al lo"
                    + " está son este esta muy sus ser puede hay si también"),
    ITALIAN(
            "Italian",
            "il lo la gli le e è un una di del della che in per con non si sono come più ma al"
                    + " alla nel questo questa anche dei delle può essere ha"),
    PORTUGUESE(
            "Portuguese",
            "o a os as e é um uma de do da dos das que em para com não se por mais como mas ao na"
                    + " no você são está ser pode também seu sua isso"),
    DUTCH(
            "Dutch",
            "de het een en van is dat in op te zijn met voor niet aan er om ook als bij door maar"
                    + " wordt naar dit deze worden kan hebben u je"),
    POLISH(
            "Polish",
            "i w z na do nie się jest że to o jak dla przez od po ale oraz może być są jego który"
                    + " tego także przed czy lub tym"),
    SWEDISH(
            "Swedish",
            "och att det som en på är av för med den till inte om ett har de jag var men kan man"
                    + " från så eller vi hur när även"),
    TURKISH(
            "Turkish",
            "ve bir bu için ile da de olarak çok daha gibi olan en ne kadar sonra var ise ancak"
                    + " değil veya her olduğu"),
    CHINESE("Chinese", ""),
    JAPANESE("Japanese", ""),
    KOREAN("Korean", ""),
    RUSSIAN("a language in Cyrillic letters", ""),
    ARABIC("a language in Arabic letters", ""),
    HEBREW("Hebrew", ""),
    HINDI("a language in Devanagari letters", ""),
    GREEK("Greek", ""),
    THAI("Thai", "");

    /** Fewest letters, of those that are looked at, to say anything. */
    private static final int FEWEST_LETTERS = 40;

    /** Fewest small words, and the least share of all words, for a language in Latin letters. */
    private static final int FEWEST_HITS = 5;

    private static final double LEAST_SHARE = 0.15;
    private static final int LOOKED_AT = 3_000;

    private static final List<Language> LATIN =
            List.of(
                    ENGLISH,
                    GERMAN,
                    FRENCH,
                    SPANISH,
                    ITALIAN,
                    PORTUGUESE,
                    DUTCH,
                    POLISH,
                    SWEDISH,
                    TURKISH);

    private static final Map<String, List<Language>> BY_SMALL_WORD = bySmallWord();

    private final String label;
    private final String smallWords;

    Language(String label, String smallWords) {
        this.label = label;
        this.smallWords = smallWords;
    }

    /** Whether a word is among the commonest small words of any language. */
    static boolean isSmallWord(String word) {
        return BY_SMALL_WORD.containsKey(word);
    }

    private static Map<String, List<Language>> bySmallWord() {
        Map<String, List<Language>> languages = new HashMap<>();
        for (Language language : LATIN) {
            for (String word : language.smallWords.split(" ")) {
                languages.computeIfAbsent(word, w -> new ArrayList<>()).add(language);
            }
        }
        return Map.copyOf(languages);
    }

    /** As messages name it. */
    String label() {
        return label;
    }

    /** The language of a text, if it is clear. */
    static Optional<Language> of(String text) {
        String prose = Prose.withoutCode(text.substring(0, Math.min(LOOKED_AT, text.length())));
        Map<UnicodeScript, Integer> letters = new EnumMap<>(UnicodeScript.class);
        int total = 0;
        int latin = 0;
        for (int i = 0; i < prose.length(); i++) {
            char c = prose.charAt(i);
            if (c < 0x80 ? isAsciiLetter(c) : Character.isLetter(c)) {
                total++;
                UnicodeScript script = c < 0x80 ? UnicodeScript.LATIN : UnicodeScript.of(c);
                if (script == UnicodeScript.LATIN) {
                    latin++;
                } else {
                    letters.merge(script, 1, Integer::sum);
                }
            }
        }
        if (latin >= 0.8 * total) {
            return total < FEWEST_LETTERS ? Optional.empty() : bySmallWords(prose);
        }
        return byScript(letters, total);
    }

    private static boolean isAsciiLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static Optional<Language> byScript(Map<UnicodeScript, Integer> letters, int total) {
        int kana =
                letters.getOrDefault(UnicodeScript.HIRAGANA, 0)
                        + letters.getOrDefault(UnicodeScript.KATAKANA, 0);
        if (kana >= 0.1 * total && kana >= 4) {
            return Optional.of(JAPANESE);
        }
        return letters.entrySet().stream()
                .filter(entry -> entry.getValue() >= 0.5 * total && entry.getValue() >= 8)
                .findFirst()
                .flatMap(entry ->
                        Optional.ofNullable(
                                switch (entry.getKey()) {
                                    case HAN -> CHINESE;
                                    case HANGUL -> KOREAN;
                                    case CYRILLIC -> RUSSIAN;
                                    case ARABIC -> ARABIC;
                                    case HEBREW -> HEBREW;
                                    case DEVANAGARI -> HINDI;
                                    case GREEK -> GREEK;
                                    case THAI -> THAI;
                                    default -> null;
                                }));
    }

    /** The language with clearly the most small words; a word that several have counts for each. */
    private static Optional<Language> bySmallWords(String prose) {
        List<String> words = Words.of(prose, 400);
        int[] hits = new int[LATIN.size()];
        for (String word : words) {
            for (Language language : BY_SMALL_WORD.getOrDefault(word, List.of())) {
                hits[LATIN.indexOf(language)]++;
            }
        }
        int best = 0;
        for (int i = 1; i < hits.length; i++) {
            best = hits[i] > hits[best] ? i : best;
        }
        int second = 0;
        for (int i = 0; i < hits.length; i++) {
            second = i == best ? second : Math.max(second, hits[i]);
        }
        boolean clear =
                hits[best] >= FEWEST_HITS
                        && hits[best] >= LEAST_SHARE * words.size()
                        && 2 * hits[best] >= 3 * second;
        return clear ? Optional.of(LATIN.get(best)) : Optional.empty();
    }
}
