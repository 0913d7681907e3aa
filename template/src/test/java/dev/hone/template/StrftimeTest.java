package dev.hone.template;

import static dev.hone.template.Renders.fails;
import static dev.hone.template.Renders.renders;

import org.junit.jupiter.api.Test;

/** Dates, against glibc through Python 3.11, at 2026-07-01 09:05:07. */
class StrftimeTest {

    @Test
    void directivesArePrintedAsByGlibc() {
        renders("{{ strftime_now('%Y-%m-%d') }}", "2026-07-01");
        renders("{{ strftime_now('%d %b %Y') }}", "01 Jul 2026");
        renders("{{ strftime_now('%B %d, %Y') }}", "July 01, 2026");
        renders("{{ strftime_now('%A %a') }}", "Wednesday Wed");
        renders("{{ strftime_now('%H:%M:%S') }}", "09:05:07");
        renders("{{ strftime_now('%I:%M %p') }}", "09:05 AM");
        renders("{{ strftime_now('%j') }}", "182");
        renders("{{ strftime_now('%U') }}", "26");
        renders("{{ strftime_now('%W') }}", "26");
        renders("{{ strftime_now('%V') }}", "27");
        renders("{{ strftime_now('%G') }}", "2026");
        renders("{{ strftime_now('%u') }}", "3");
        renders("{{ strftime_now('%w') }}", "3");
        renders("{{ strftime_now('%y') }}", "26");
        renders("{{ strftime_now('%C') }}", "20");
        renders("{{ strftime_now('%e') }}", " 1");
        renders("{{ strftime_now('%-d') }}", "1");
        renders("{{ strftime_now('%-m') }}", "7");
        renders("{{ strftime_now('%-H') }}", "9");
        renders("{{ strftime_now('%_d') }}", " 1");
        renders("{{ strftime_now('%^a') }}", "WED");
        renders("{{ strftime_now('%#p') }}", "am");
        renders("{{ strftime_now('%f') }}", "000000");
        renders("{{ strftime_now('%Z|%z|') }}", "||");
        renders("{{ strftime_now('%%') }}", "%");
        renders("{{ strftime_now('%D') }}", "07/01/26");
        renders("{{ strftime_now('%F') }}", "2026-07-01");
        renders("{{ strftime_now('%T') }}", "09:05:07");
        renders("{{ strftime_now('%R') }}", "09:05");
        renders("{{ strftime_now('%c') }}", "Wed Jul  1 09:05:07 2026");
        renders("{{ strftime_now('%x') }}", "07/01/26");
        renders("{{ strftime_now('%X') }}", "09:05:07");
        renders("{{ strftime_now('%r') }}", "09:05:07 AM");
        renders("{{ strftime_now('%h') }}", "Jul");
        renders("{{ strftime_now('%n') }}", "\n");
        renders("{{ strftime_now('%t') }}", "\t");
        renders("{{ strftime_now('%P') }}", "am");
        renders("{{ strftime_now('%k') }}", " 9");
        renders("{{ strftime_now('%l') }}", " 9");
        renders("{{ strftime_now('%g') }}", "26");
        renders("{{ strftime_now('%-I') }}", "9");
        renders("{{ strftime_now('%Q') }}", "%Q");
        renders("{{ strftime_now('abc') }}", "abc");
        renders("{{ strftime_now('%') }}", "%");
        renders("{{ strftime_now('%0e') }}", "01");
        renders("{{ strftime_now('%-y') }}", "26");
        renders("{{ strftime_now('%^B') }}", "JULY");
    }

    @Test
    void globalsCheckTheirArguments() {
        fails(
                "{{ strftime_now(5) }}",
                1,
                16,
                "strftime_now() argument 'format' must be a string, not int");
        fails("{{ strftime_now() }}", 1, 16, "strftime_now() missing required argument 'format'");
        fails("{{ raise_exception('boo') }}", 1, 19, "boo");
        fails(
                "{{ raise_exception() }}",
                1,
                19,
                "raise_exception() missing required argument 'message'");
        renders("{{ lipsum is defined }}", "True");
        renders("{{ joiner('|') is callable }}", "True");
        fails("{{ cycler()  }}", 1, 10, "at least one item has to be provided");
        renders("{{ cycler(1,2).next() }}", "1");
        renders("{{ cycler(1,2).current }}", "1");
    }
}
