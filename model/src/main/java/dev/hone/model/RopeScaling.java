package dev.hone.model;

/** How rotary frequencies are stretched for long contexts. */
public sealed interface RopeScaling {

    /** The frequency to use in place of {@code frequency} (radians a token). */
    double scale(double frequency);

    /** Frequencies as they are. */
    record None() implements RopeScaling {
        @Override
        public double scale(double frequency) {
            return frequency;
        }
    }

    /** Positions divided by a factor (Chen et al., arXiv 2306.15595). */
    record Linear(double factor) implements RopeScaling {
        @Override
        public double scale(double frequency) {
            return frequency / factor;
        }
    }

    /**
     * Llama 3's: long waves are stretched by {@code factor}, short ones stay, those between are
     * blended (transformers, modeling_rope_utils.py, rope type {@code llama3}).
     */
    record Llama3(double factor, double lowFactor, double highFactor, double originalLength)
            implements RopeScaling {
        @Override
        public double scale(double frequency) {
            double wavelength = 2 * Math.PI / frequency;
            if (wavelength > originalLength / lowFactor) {
                return frequency / factor;
            }
            if (wavelength < originalLength / highFactor) {
                return frequency;
            }
            double smooth = (originalLength / wavelength - lowFactor) / (highFactor - lowFactor);
            return (1 - smooth) * frequency / factor + smooth * frequency;
        }
    }
}
