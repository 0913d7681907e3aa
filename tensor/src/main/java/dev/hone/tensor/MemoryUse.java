package dev.hone.tensor;

/** What memory is for, as it is told to a person whose device has none left. */
public enum MemoryUse {
    WEIGHTS("weights"),
    ADAPTER("adapter"),
    GRADIENTS("gradients"),
    OPTIMIZER("optimizer"),
    ACTIVATIONS("activations and temporaries");

    private final String label;

    MemoryUse(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
