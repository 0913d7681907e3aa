package dev.hone.template;

import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/**
 * C's {@code strftime} in the C locale for a local time without zone, with the flags of glibc:
 * {@code -} no padding, {@code _} blanks, {@code 0} zeros, {@code ^} capitals.
 */
final class Strftime {

    private static final Locale C = Locale.ENGLISH;

    private final LocalDateTime time;

    private Strftime(LocalDateTime time) {
        this.time = time;
    }

    static String format(String format, LocalDateTime time, Run run) {
        return new Strftime(time).format(format, run);
    }

    private String format(String format, Run run) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < format.length()) {
            char c = format.charAt(at++);
            if (c != '%' || at >= format.length()) {
                out.append(c);
                continue;
            }
            int start = at - 1;
            char flag = format.charAt(at);
            boolean flagged = "-_0^#".indexOf(flag) >= 0 && at + 1 < format.length();
            at += flagged ? 1 : 0;
            char directive = format.charAt(at++);
            String text = directive(directive, flagged ? flag : ' ', run);
            out.append(
                    text.isEmpty() && directive != 'Z' && directive != 'z'
                            ? format.substring(start, at)
                            : text);
            run.charge(text.length() + 1L);
        }
        return out.toString();
    }

    private String directive(char directive, char flag, Run run) {
        String text =
                switch (directive) {
                    case 'a' -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, C);
                    case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, C);
                    case 'b', 'h' -> month().substring(0, 3);
                    case 'B' -> month();
                    case 'p' -> flag == '#' ? half().toLowerCase(C) : half();
                    case 'P' -> half().toLowerCase(C);
                    case 'c' -> format("%a %b %e %H:%M:%S %Y", run);
                    case 'D', 'x' -> format("%m/%d/%y", run);
                    case 'F' -> format("%Y-%m-%d", run);
                    case 'r' -> format("%I:%M:%S %p", run);
                    case 'R' -> format("%H:%M", run);
                    case 'T', 'X' -> format("%H:%M:%S", run);
                    case 'n' -> "\n";
                    case 't' -> "\t";
                    case '%' -> "%";
                    default -> number(directive, flag);
                };
        return flag == '^' || (flag == '#' && directive != 'p') ? text.toUpperCase(C) : text;
    }

    private String month() {
        return time.getMonth().getDisplayName(TextStyle.FULL, C);
    }

    private String half() {
        return time.getHour() < 12 ? "AM" : "PM";
    }

    private String number(char directive, char flag) {
        int hour = time.getHour() % 12 == 0 ? 12 : time.getHour() % 12;
        int yearDay = time.getDayOfYear() - 1;
        int weekday = time.getDayOfWeek().getValue();
        int weekYear = time.get(IsoFields.WEEK_BASED_YEAR);
        return switch (directive) {
            case 'd' -> padded(time.getDayOfMonth(), 2, '0', flag);
            case 'e' -> padded(time.getDayOfMonth(), 2, ' ', flag);
            case 'm' -> padded(time.getMonthValue(), 2, '0', flag);
            case 'y' -> padded(time.getYear() % 100, 2, '0', flag);
            case 'Y' -> padded(time.getYear(), 1, '0', flag);
            case 'C' -> padded(time.getYear() / 100, 2, '0', flag);
            case 'H' -> padded(time.getHour(), 2, '0', flag);
            case 'k' -> padded(time.getHour(), 2, ' ', flag);
            case 'I' -> padded(hour, 2, '0', flag);
            case 'l' -> padded(hour, 2, ' ', flag);
            case 'M' -> padded(time.getMinute(), 2, '0', flag);
            case 'S' -> padded(time.getSecond(), 2, '0', flag);
            case 'f' -> padded(time.get(ChronoField.MICRO_OF_SECOND), 6, '0', ' ');
            case 'j' -> padded(yearDay + 1, 3, '0', flag);
            case 'w' -> padded(weekday % 7, 1, '0', flag);
            case 'u' -> padded(weekday, 1, '0', flag);
            case 'U' -> padded((yearDay + 7 - weekday % 7) / 7, 2, '0', flag);
            case 'W' -> padded((yearDay + 7 - (weekday - 1)) / 7, 2, '0', flag);
            case 'V' -> padded(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, '0', flag);
            case 'G' -> padded(weekYear, 1, '0', flag);
            case 'g' -> padded(weekYear % 100, 2, '0', flag);
            default -> "";
        };
    }

    private static String padded(int number, int width, char usual, char flag) {
        String digits = Integer.toString(number);
        if (flag == '-') {
            return digits;
        }
        char fill = flag == '_' ? ' ' : flag == '0' ? '0' : usual;
        return String.valueOf(fill).repeat(Math.max(0, width - digits.length())) + digits;
    }
}
