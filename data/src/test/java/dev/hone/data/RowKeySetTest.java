package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RowKeySetTest {

    @Test
    @Tag("property")
    void holdsWhatASetHolds() {
        Random random = new Random(3);
        RowKeySet keys = new RowKeySet();
        Set<RowKey> reference = new HashSet<>();
        for (int i = 0; i < 50_000; i++) {
            RowKey key = new RowKey(random.nextInt(200), random.nextInt(100));
            assertThat(keys.contains(key)).isEqualTo(reference.contains(key));
            assertThat(keys.add(key)).isEqualTo(reference.add(key));
        }
        assertThat(reference).hasSizeGreaterThan(15_000);
    }
}
