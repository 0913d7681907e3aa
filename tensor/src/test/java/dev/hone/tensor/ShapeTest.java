package dev.hone.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
final class ShapeTest {

    @Test
    void extentsAreCountedFromEitherEnd() {
        Shape shape = Shape.of(2, 3, 4);
        assertThat(shape.rank()).isEqualTo(3);
        assertThat(shape.dim(0)).isEqualTo(2);
        assertThat(shape.dim(-1)).isEqualTo(4);
        assertThat(shape.dim(-3)).isEqualTo(2);
        assertThatThrownBy(() -> shape.dim(3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void elementsAreTheProductOfExtents() {
        assertThat(Shape.of(2, 3, 4).elements()).isEqualTo(24);
        assertThat(Shape.of(2, 3, 4).rowElements()).isEqualTo(12);
        assertThat(Shape.of(5).rowElements()).isEqualTo(1);
        assertThat(Shape.of().elements()).isEqualTo(1);
        assertThat(Shape.of(0, 3).elements()).isZero();
    }

    @Test
    void aProductBeyondLongIsAnErrorInsteadOfAWrongNumber() {
        Shape huge = Shape.of(1L << 40, 1L << 40);
        assertThatThrownBy(huge::elements)
                .isInstanceOf(ArithmeticException.class)
                .hasMessage("long overflow");
    }

    @Test
    void aNegativeExtentIsRefused() {
        assertThatThrownBy(() -> Shape.of(2, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an extent is negative in shape [2, -1]");
    }

    @Test
    void aShapeDoesNotChangeWithTheArraysItWasMadeOfOrGivesOut() {
        long[] dims = {2, 3};
        Shape shape = Shape.of(dims);
        dims[0] = 9;
        shape.dims()[1] = 9;
        assertThat(shape).isEqualTo(Shape.of(2, 3)).hasSameHashCodeAs(Shape.of(2, 3));
        assertThat(shape.with(-1, 7)).isEqualTo(Shape.of(2, 7)).isNotEqualTo(shape);
        assertThat(shape).hasToString("[2, 3]");
    }

    @Test
    void shapesBroadcastFromTheEnd() {
        assertThat(Shape.of(2, 1, 4).broadcast(Shape.of(3, 1))).isEqualTo(Shape.of(2, 3, 4));
        assertThat(Shape.of().broadcast(Shape.of(3))).isEqualTo(Shape.of(3));
        assertThat(Shape.of(1).broadcast(Shape.of(0, 1))).isEqualTo(Shape.of(0, 1));
        assertThatThrownBy(() -> Shape.of(2, 3).broadcast(Shape.of(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shapes [2, 3] and [2] do not match");
    }
}
