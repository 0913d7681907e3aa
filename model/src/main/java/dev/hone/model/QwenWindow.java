package dev.hone.model;

/** Qwen's sliding window, which its config names even where it is off. */
final class QwenWindow {
    private QwenWindow() {}

    /** 0, or an error: a window on some of the layers only is not supported. */
    static int of(ConfigJson json) {
        if (json.flag("use_sliding_window", false)
                && json.integer("max_window_layers", 0) < json.integer("num_hidden_layers")) {
            throw new ModelException(
                    json.file()
                            + ": key 'use_sliding_window': a sliding window on some of the layers is not"
                            + " supported; released Qwen2 and Qwen3 models have it off");
        }
        return 0;
    }
}
