package dev.hone.starter.pretraining;

import java.util.List;

/** Writes questions with answers that follow from the question alone. */
interface Writer {
    /** One or more exchanges that belong together; a later question may lean on an earlier one. */
    List<Exchange> write();

    /** What is asked and what is answered. */
    record Exchange(String question, String answer) {}
}
