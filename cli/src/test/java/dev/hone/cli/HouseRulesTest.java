package dev.hone.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ObjectInputStream;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each module may use, and what no module may do. */
class HouseRulesTest {
    /** The house: each module and the modules it may use. A new module is a line here. */
    private static final Map<String, Set<String>> USES =
            Map.ofEntries(
                    Map.entry("tensor", Set.of()),
                    Map.entry("torch", Set.of("tensor")),
                    Map.entry("model", Set.of("tensor")),
                    Map.entry("template", Set.of()),
                    Map.entry("data", Set.of("template")),
                    Map.entry("train", Set.of("tensor", "model", "data")),
                    Map.entry("plan", Set.of("tensor", "model", "data", "train")),
                    Map.entry("generate", Set.of("tensor", "model", "data")),
                    Map.entry("evaluate", Set.of("data", "generate", "train")),
                    Map.entry("starter", Set.of()),
                    Map.entry(
                            "cli",
                            Set.of(
                                    "tensor",
                                    "torch",
                                    "model",
                                    "template",
                                    "data",
                                    "train",
                                    "plan",
                                    "generate",
                                    "evaluate",
                                    "starter")));

    private static final JavaClasses HOUSE =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.hone");

    static Stream<Arguments> lines() {
        return USES.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(line -> Arguments.of(line.getKey(), line.getValue()));
    }

    private static String all(String module) {
        return "dev.hone." + module + "..";
    }

    @Test
    void everyModuleThatExistsHasALine() {
        Set<String> found =
                HOUSE.stream()
                        .map(c -> c.getPackageName().split("\\.")[2])
                        .collect(toCollection(TreeSet::new));

        assertThat(found).isEqualTo(new TreeSet<>(USES.keySet()));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void aModuleUsesOnlyTheModulesOnItsLine(String module, Set<String> uses) {
        String[] allowed =
                Stream.concat(Stream.of(module), uses.stream())
                        .map(HouseRulesTest::all)
                        .toArray(String[]::new);

        classes()
                .that()
                .resideInAPackage(all(module))
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(allowed).or(resideOutsideOfPackage("dev.hone..")))
                .check(HOUSE);
    }

    @Test
    void onlyTorchKnowsLibtorch() {
        noClasses()
                .that()
                .resideOutsideOfPackage(all("torch"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(HOUSE);
    }

    @Test
    void staticFieldsAreFinal() {
        fields().that().areStatic().should().beFinal().check(HOUSE);
    }

    @Test
    void staticFieldsHoldNothingMadeToChange() {
        noFields()
                .that()
                .areStatic()
                .should()
                .haveRawType(
                        nameMatching(
                                        "java\\.util\\.concurrent\\..*|java\\.lang\\.ThreadLocal"
                                                + "|java\\.util\\.(Array|Hash|Linked|Tree|Weak)\\w+"
                                                + "|java\\.lang\\.String(Builder|Buffer)")
                                .forSubtype())
                .check(HOUSE);
    }

    @Test
    void tensorWorkStaysOnPlatformThreads() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        all("tensor"), all("torch"), all("model"), all("train"), all("generate"))
                .should()
                .callMethodWhere(
                        calls("(of|start|new)Virtual.*", "java\\.(lang|util\\.concurrent)\\..*"))
                .check(HOUSE);
    }

    @Test
    void onlyTheCommandEndsTheProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackage(all("cli"))
                .should()
                .callMethodWhere(calls("exit|halt", "java\\.lang\\.(System|Runtime)"))
                .check(HOUSE);
    }

    @Test
    void nothingIsReadThatCanRunCode() {
        noClasses()
                .should()
                .callMethodWhere(calls("(?i).*pickle.*", ".*"))
                .orShould()
                .dependOnClassesThat(nameMatching("(?i).*pickle.*").forSubtype())
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ObjectInputStream.class)
                .check(HOUSE);
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> packages =
                HOUSE.stream().map(JavaClass::getPackageName).collect(toCollection(TreeSet::new));

        assertThat(packages)
                .isNotEmpty()
                .allSatisfy(name ->
                        assertThat(HOUSE.getPackage(name).isAnnotatedWith(NullMarked.class))
                                .as("package-info.java of %s has @NullMarked", name)
                                .isTrue());
    }

    /** Calls of a method by these patterns of its name and its owner's. */
    private static DescribedPredicate<JavaMethodCall> calls(String method, String owner) {
        return DescribedPredicate.describe(
                "the method matches %s of %s".formatted(method, owner),
                call -> {
                    CodeUnitCallTarget target = call.getTarget();
                    return target.getName().matches(method)
                            && target.getOwner().getFullName().matches(owner);
                });
    }
}
