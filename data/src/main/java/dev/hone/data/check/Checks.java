package dev.hone.data.check;

import java.util.ArrayList;
import java.util.List;

/** Everything that is looked for. */
final class Checks {

    private Checks() {}

    /** Looks at rows one by one. Without state, so one list serves every pass. */
    static final List<Check.OfRow> OF_ROW = ofRow();

    private static List<Check.OfRow> ofRow() {
        List<Check.OfRow> checks =
                new ArrayList<>(
                        List.of(
                                new TurnOrderCheck(),
                                new TrainedTokenCheck(),
                                new EmptyInputCheck(),
                                new EdgeWhitespaceCheck(),
                                new CutOffCheck(),
                                new RefusalCheck(),
                                new BoilerplateCheck(),
                                new PlaceholderCheck(),
                                new BrokenJsonCheck(),
                                new ToolCallCheck(),
                                new ToolSchemaCheck(),
                                new LanguageSwitchCheck(),
                                new EncodingCheck()));
        Sensitive.ALL.forEach(kind -> checks.add(new SensitiveCheck(kind)));
        return List.copyOf(checks);
    }

    /** Compares rows with each other; made anew for every pass. */
    static List<Check.OfAll<?>> ofAll(Places places) {
        return List.of(
                new DuplicateCheck(places),
                new JsonKeysCheck(places),
                new RareLanguageCheck(places),
                new OutlierLengthCheck(places));
    }
}
