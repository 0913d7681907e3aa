package dev.hone.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.tensor.Ops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests on an engine of their own, to which each gives everything back. */
abstract class EngineTest {
    Ops ops;

    @BeforeEach
    void openEngine() {
        ops = Engines.fused();
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(ops.memory().liveTensors()).isZero();
        assertThat(ops.memory().liveBytes()).isZero();
        ops.close();
    }
}
