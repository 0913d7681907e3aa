package dev.hone.template;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Set;

/** Jinja's filters by name: what stands after {@code |}. */
final class Filters {

    /** One filter. */
    interface Filter {
        Object apply(Object value, Args args, Run run);
    }

    private static final Map<String, Filter> FILTERS =
            Map.ofEntries(
                    entry("abs", NumberFilters::absolute),
                    entry("attr", SequenceFilters::attribute),
                    entry("batch", SequenceFilters::batch),
                    entry("capitalize", TextFilters::capitalize),
                    entry("center", TextFilters::center),
                    entry("count", SequenceFilters::length),
                    entry("d", SequenceFilters::fallback),
                    entry("default", SequenceFilters::fallback),
                    entry("dictsort", OrderFilters::dictSort),
                    entry("e", TextFilters::escape),
                    entry("escape", TextFilters::escape),
                    entry("filesizeformat", NumberFilters::fileSize),
                    entry("first", SequenceFilters::first),
                    entry("float", NumberFilters::toFloat),
                    entry("forceescape", TextFilters::forceEscape),
                    entry("format", TextFilters::format),
                    entry("groupby", OrderFilters::groupBy),
                    entry("indent", TextFilters::indent),
                    entry("int", NumberFilters::toInteger),
                    entry("items", SequenceFilters::items),
                    entry("join", TextFilters::join),
                    entry("last", SequenceFilters::last),
                    entry("length", SequenceFilters::length),
                    entry("list", SequenceFilters::list),
                    entry("lower", TextFilters::lower),
                    entry("map", SelectFilters::map),
                    entry("max", OrderFilters::max),
                    entry("min", OrderFilters::min),
                    entry("reject", (v, a, run) -> SelectFilters.select("reject", v, a, run)),
                    entry(
                            "rejectattr",
                            (v, a, run) -> SelectFilters.select("rejectattr", v, a, run)),
                    entry("replace", TextFilters::replace),
                    entry("reverse", SequenceFilters::reverse),
                    entry("round", NumberFilters::round),
                    entry("safe", TextFilters::safe),
                    entry("select", (v, a, run) -> SelectFilters.select("select", v, a, run)),
                    entry(
                            "selectattr",
                            (v, a, run) -> SelectFilters.select("selectattr", v, a, run)),
                    entry("slice", SequenceFilters::slice),
                    entry("sort", OrderFilters::sort),
                    entry("string", TextFilters::string),
                    entry("sum", NumberFilters::sum),
                    entry("title", TextFilters::title),
                    entry("tojson", Json::filter),
                    entry("trim", TextFilters::trim),
                    entry("truncate", TextFilters::truncate),
                    entry("unique", OrderFilters::unique),
                    entry("upper", TextFilters::upper),
                    entry("urlencode", TextFilters::urlEncode),
                    entry("wordcount", TextFilters::wordCount),
                    entry("xmlattr", TextFilters::xmlAttributes));

    /** Filters of Jinja that make web pages, debug output or random choices, not prompts. */
    private static final Set<String> LEFT_OUT =
            Set.of("pprint", "random", "striptags", "urlize", "wordwrap");

    private Filters() {}

    static boolean has(String name) {
        return FILTERS.containsKey(name);
    }

    static String unknown(String name) {
        return LEFT_OUT.contains(name)
                ? "the filter '%s' of Jinja is not supported in chat templates".formatted(name)
                : "no filter is named '%s'".formatted(name);
    }

    static Object apply(String name, Object value, Args args, Run run) {
        Filter filter = FILTERS.get(name);
        if (filter == null) {
            throw new Problem(unknown(name));
        }
        return filter.apply(value, args, run);
    }
}
