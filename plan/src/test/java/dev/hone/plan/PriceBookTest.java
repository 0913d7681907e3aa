package dev.hone.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriceBookTest {
    private static final String HEAD = "provider,gpu,count,kind,dollars_per_hour,as_of,source\n";
    private static final Set<Price.Kind> ANY = EnumSet.allOf(Price.Kind.class);

    private final GpuCatalogue catalogue = GpuCatalogue.load();
    @TempDir private Path folder = Path.of("");

    private Path file(String content) throws Exception {
        Path file = folder.resolve("prices.csv");
        Files.writeString(file, content);
        return file;
    }

    private void refused(String content, String message) throws Exception {
        Path file = file(content);
        assertThatThrownBy(() -> PriceBook.read(file, catalogue))
                .isInstanceOf(PlanException.class)
                .hasMessage(file + message);
    }

    @Test
    void everyPriceThatComesWithHoneHasADateAndASource() {
        PriceBook book = PriceBook.load(catalogue);
        assertThat(book.prices()).hasSizeGreaterThan(30);
        assertThat(book.prices())
                .allSatisfy(p -> {
                    assertThat(p.asOf()).isAfter(LocalDate.of(2026, 1, 1));
                    assertThat(p.source()).isNotBlank();
                });
        assertThat(book.prices())
                .extracting(Price::provider)
                .contains("RunPod", "Lambda", "CoreWeave", "Vast");
    }

    @Test
    void aUsersFileStandsOnTopOfThePricesThatComeWithHone() throws Exception {
        PriceBook own =
                PriceBook.read(
                        file(
                                HEAD
                                        + "# what we pay\nRunPod,H100 SXM,1,on-demand,2.5,2026-11-24,our contract, 2026\nAcme,L4,1,spot,0.1,2026-11-24,a friend\n"),
                        catalogue);
        PriceBook book = PriceBook.load(catalogue).with(own);
        Gpu h100 = catalogue.require("H100 SXM");
        Price price = book.cheapest(h100, 1, EnumSet.of(Price.Kind.ON_DEMAND)).orElseThrow();
        assertThat(price.dollarsPerHour()).isEqualTo(2.5);
        assertThat(price.source()).isEqualTo("our contract, 2026");
        assertThat(book.cheapest(catalogue.require("L4"), 1, ANY).orElseThrow().provider())
                .isEqualTo("Acme");
    }

    @Test
    void anOfferOfOneCardIsTakenSoManyTimes() {
        PriceBook book =
                PriceBook.of(
                        List.of(
                                new Price(
                                        "A",
                                        "L4",
                                        1,
                                        Price.Kind.ON_DEMAND,
                                        0.5,
                                        LocalDate.of(2026, 11, 1),
                                        "s"),
                                new Price(
                                        "B",
                                        "L4",
                                        4,
                                        Price.Kind.ON_DEMAND,
                                        1.8,
                                        LocalDate.of(2026, 11, 1),
                                        "s")));
        Gpu gpu = catalogue.require("L4");
        assertThat(book.cheapest(gpu, 2, ANY).orElseThrow().dollarsPerHour()).isEqualTo(1);
        assertThat(book.cheapest(gpu, 4, ANY).orElseThrow().provider()).isEqualTo("B");
    }

    @Test
    void whatIsWrittenCanBeRead() throws Exception {
        PriceBook book = PriceBook.load(catalogue);
        assertThat(PriceBook.read(file(book.csv()), catalogue).prices()).isEqualTo(book.prices());
    }

    @Test
    void faultsNameFileLineAndColumn() throws Exception {
        refused("", ": is empty; expected the column names " + HEAD.strip());
        refused(
                "provider,gpu\n",
                ":1: expected the column names " + HEAD.strip() + ", found provider,gpu");
        refused(
                HEAD + "RunPod,RTX 4090,1,on-demand\n",
                ":2: expected 7 columns (" + HEAD.strip() + "), found 4");
        refused(
                HEAD + "RunPod,RTX 9090,1,on-demand,1,2026-11-01,x\n",
                ":2: column 'gpu': expected a GPU that `hone gpus` lists, found 'RTX 9090'");
        refused(
                HEAD + "RunPod,RTX 4090,0,on-demand,1,2026-11-01,x\n",
                ":2: column 'count': expected a whole number of at least 1, found '0'");
        refused(
                HEAD + "\n\nRunPod,RTX 4090,1,cheap,1,2026-11-01,x\n",
                ":4: column 'kind': expected one of on-demand, community, spot, reserved, found 'cheap'");
        refused(
                HEAD + "RunPod,RTX 4090,1,spot,$1,2026-11-01,x\n",
                ":2: column 'dollars_per_hour': expected a number greater than 0, found '$1'");
        refused(
                HEAD + "RunPod,RTX 4090,1,spot,-1,2026-11-01,x\n",
                ":2: column 'dollars_per_hour': expected a number greater than 0, found '-1'");
        refused(
                HEAD + "RunPod,RTX 4090,1,spot,1,01.11.2026,x\n",
                ":2: column 'as_of': expected a day such as 2026-11-09, found '01.11.2026'");
        refused(
                HEAD + "RunPod,RTX 4090,1,spot,1,2026-11-01,\n",
                ":2: column 'source': expected a value, found ''");
    }

    @Test
    void aFileThatIsNotThereIsSaidSo() {
        Path file = folder.resolve("none.csv");
        assertThatThrownBy(() -> PriceBook.read(file, catalogue))
                .hasMessage(
                        "%s: no such file; expected one with the columns provider,gpu,count,kind,dollars_per_hour,as_of,source"
                                .formatted(file));
    }
}
