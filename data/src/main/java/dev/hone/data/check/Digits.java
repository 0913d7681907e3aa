package dev.hone.data.check;

/** Arithmetic on digits in texts. */
final class Digits {

    private Digits() {}

    /** Most digits in a row, with at most two other characters between one and the next. */
    static int longestRun(String text) {
        int best = 0;
        int run = 0;
        int gap = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                run++;
                gap = 0;
                best = Math.max(best, run);
            } else if (++gap > 2) {
                run = 0;
            }
        }
        return best;
    }

    /** Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B). */
    static boolean luhn(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int doubled = i % 2 == 0 ? digit : 2 * digit;
            sum += doubled > 9 ? doubled - 9 : doubled;
        }
        return sum % 10 == 0;
    }

    /** Whether an account number without spaces has the right check digits (ISO 13616). */
    static boolean iban(String account) {
        String moved = account.substring(4) + account.substring(0, 4);
        int remainder = 0;
        for (int i = 0; i < moved.length(); i++) {
            int value = Character.digit(moved.charAt(i), 36);
            remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
        }
        return remainder == 1;
    }
}
