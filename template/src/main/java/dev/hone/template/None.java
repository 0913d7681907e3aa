package dev.hone.template;

/** Python's {@code None}. Inside the engine no value is a Java null. */
enum None {
    NONE
}
