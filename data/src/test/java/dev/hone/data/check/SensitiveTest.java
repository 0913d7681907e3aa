package dev.hone.data.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SensitiveTest {

    // Put together here, so that no scanner takes the source for a leak.
    private static final String KEY = "sk-" + "Ab3dEf6hIj9kLmN0pQrS7uVw";

    @TempDir Path folder;
    private Checked checked = new Checked(Path.of(""));

    @BeforeEach
    void inFolder() {
        checked = new Checked(folder);
    }

    @Test
    void aKeyIsFoundAndNotPrinted() {
        assertThat(checked.of(Code.SECRET, Checked.chat("Which key?", "It is " + KEY + ".")))
                .containsExactly(
                        "rows.jsonl:1: error secret: answer holds an API key,"
                                + " sk-A•••••••••••••••••••••••; expected a text without keys and passwords");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AKIA" + "Q3EGRZ7TNLM2XKWD",
                "ghp_" + "a8Fk2Lq9Zr4Tn7Vw1Xc5Yb3Md6Pe0Sh2Jg4U",
                "hf_" + "kQzWxEcRvTbYnUmIoPlKjHgFdSaQwErTyU",
                "AIza" + "SyB4n8Kq2Wz7Lx1Vc9Rt3Mf6Pd0Jh5Gu2Ys",
                "xoxb-" + "9817263540-qBzDeRgHiTkLmNoP",
                "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiI5ODc2NTQzMjEwIn0.q7Zr4Tn1Vw9Xc5Yb",
                "postgres://admin:" + "s3cr3tPw9x@db.internal/app"
            })
    void keysOfManyServicesAreFound(String key) {
        assertThat(checked.of(Code.SECRET, Checked.chat("Which key?", "Use " + key + " here.")))
                .hasSize(1)
                .noneMatch(text -> text.contains(key));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sk-your-key-goes-here-please",
                "AKIAIOSFODNN7EXAMPLE",
                "sk-xxxxxxxxxxxxxxxxxxxxxxxx",
                "https://user:pass@",
                "task-management-and-scheduling-tools"
            })
    void examplesOfKeysAreNoKeys(String key) {
        assertThat(checked.of(Code.SECRET, Checked.chat("Which key?", "Use " + key + " here.")))
                .isEmpty();
    }

    @Test
    void aKeyIsMaskedWhereverElseItWouldBeQuoted() {
        String row = Checked.chat("Hi", "I'm sorry, I can't use " + KEY + " for this");

        assertThat(Checked.all(Checked.spec(checked.write("rows.jsonl", java.util.List.of(row)))))
                .extracting(Finding::code)
                .contains(Code.REFUSAL, Code.SECRET);
        assertThat(Checked.all(Checked.spec(folder.resolve("rows.jsonl"))))
                .noneMatch(finding -> finding.toString().contains(KEY));
    }

    @Test
    void anAddressOfAPersonIsFoundInAnyTurn() {
        assertThat(
                        checked.of(
                                Code.EMAIL,
                                Checked.chat("Write to jane.roe@gmx.de, to joe@web.de", "Done.")))
                .containsExactly(
                        "rows.jsonl:1: warning email: user turn holds an e-mail address,"
                                + " jan•.•••@•••.••, and 1 more; expected no address of a person;"
                                + " example.com is free for use");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jane@example.com",
                "info@gmx.de",
                "jane@mail.test",
                "@jane",
                "a @ b.de",
                "git@github.com"
            })
    void examplesAndOfficesAreNobodysAddress(String address) {
        assertThat(checked.of(Code.EMAIL, Checked.chat("Write to " + address, "Done."))).isEmpty();
    }

    @Test
    void aTelephoneNumberIsFound() {
        assertThat(checked.of(Code.PHONE, Checked.chat("Whom?", "Call +49 30 901820 today.")))
                .containsExactly(
                        "rows.jsonl:1: warning phone: answer holds a telephone number,"
                                + " +49 •• ••••••; expected no number of a person; 555-0100 to 555-0199"
                                + " are free for use");
        assertThat(checked.of(Code.PHONE, Checked.chat("Whom?", "Call (212) 736-5000 today.")))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "212-555-0123",
                "+960397912423686",
                "2026-11-24",
                "10.0.212.1",
                "x+12345678",
                "1,234,567,890"
            })
    void numbersOfFictionDatesAndSumsAreNobodysTelephone(String number) {
        assertThat(checked.of(Code.PHONE, Checked.chat("Whom?", "See " + number + " today.")))
                .isEmpty();
    }

    @Test
    void aCardNumberIsFoundByItsCheckDigit() {
        assertThat(checked.of(Code.CARD, Checked.chat("Pay", "With 4111 1111 1111 1111, please.")))
                .containsExactly(
                        "rows.jsonl:1: warning card: answer holds a payment card number,"
                                + " 4111 •••• •••• ••••; expected no card number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4111 1111 1111 1112", "9111 1111 1111 1111", "4212883012996"})
    void otherLongNumbersAreNoCards(String number) {
        assertThat(checked.of(Code.CARD, Checked.chat("Pay", "With " + number + "."))).isEmpty();
    }

    @Test
    void anAccountNumberIsFoundByItsCheckDigits() {
        assertThat(checked.of(Code.IBAN, Checked.chat("Pay", "To DE89 3704 0044 0532 0130 00.")))
                .containsExactly(
                        "rows.jsonl:1: warning iban: answer holds a bank account number,"
                                + " DE89 •••• •••• •••• •••• ••; expected no account number");
        assertThat(checked.of(Code.IBAN, Checked.chat("Pay", "To DE88 3704 0044 0532 0130 00.")))
                .isEmpty();
    }

    @Test
    void maskingKeepsTheLength() {
        String text = "To DE89 3704 0044 0532 0130 00 by jane.roe@gmx.de";

        assertThat(Sensitive.mask(text)).hasSameSizeAs(text).doesNotContain("roe", "0532");
        assertThat(Sensitive.mask("nothing here")).isEqualTo("nothing here");
    }
}
