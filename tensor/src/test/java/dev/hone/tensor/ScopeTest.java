package dev.hone.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
final class ScopeTest {
    private final CountingOps ops = CountingOps.composed(Device.CPU);

    @Test
    void aScopeClosesWhatWasMadeInside() {
        Tensor before = ops.empty(DType.F32, 2);
        Tensor inside;
        try (Scope _ = ops.scope()) {
            inside = ops.empty(DType.F32, 3);
        }
        assertThat(inside.closed()).isTrue();
        assertThat(before.closed()).isFalse();
        assertThat(ops.memory().liveBytes()).isEqualTo(8);
    }

    @Test
    void keepHandsATensorToTheScopeAround() {
        Tensor kept;
        try (Scope _ = ops.scope()) {
            try (Scope inner = ops.scope()) {
                kept = inner.keep(ops.empty(DType.F32, 2));
                ops.empty(DType.F32, 100);
            }
            assertThat(kept.closed()).isFalse();
            assertThat(ops.memory().liveBytes()).isEqualTo(8);
        }
        assertThat(kept.closed()).isTrue();
        assertThat(ops.memory().liveTensors()).isZero();
    }

    @Test
    void keepFromTheOutermostScopeHandsATensorToTheCaller() {
        Tensor kept;
        try (Scope scope = ops.scope()) {
            kept = scope.keep(ops.empty(DType.F32, 2));
        }
        assertThat(kept.closed()).isFalse();
        kept.close();
        assertThat(ops.memory().liveTensors()).isZero();
    }

    @Test
    void keepingTwiceClosesOnce() {
        Tensor kept;
        try (Scope _ = ops.scope()) {
            try (Scope _ = ops.scope()) {
                try (Scope inner = ops.scope()) {
                    kept = inner.keep(inner.keep(ops.empty(DType.F32, 2)));
                }
                assertThat(kept.closed()).isFalse();
            }
            assertThat(kept.closed()).isTrue();
        }
        assertThat(ops.memory().liveTensors()).isZero();
        assertThat(ops.memory().liveBytes()).isZero();
    }

    @Test
    void aTensorClosedByHandIsLeftAloneByItsScope() {
        try (Scope _ = ops.scope()) {
            Tensor tensor = ops.empty(DType.F32, 2);
            tensor.close();
            assertThat(ops.memory().liveTensors()).isZero();
        }
        assertThat(ops.memory().liveTensors()).isZero();
    }

    @Test
    void aTensorThatWasClosedCannotBeKept() {
        try (Scope scope = ops.scope()) {
            Tensor tensor = ops.empty(DType.BF16, 2, 3);
            tensor.close();
            assertThatThrownBy(() -> scope.keep(tensor))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("this BF16[2, 3]@cpu was closed before it was used");
        }
    }

    @Test
    void scopesCloseInnermostFirst() {
        Scope outer = ops.scope();
        Scope inner = ops.scope();
        assertThatThrownBy(outer::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("scopes must be closed innermost first");
        inner.close();
        outer.close();
    }
}
