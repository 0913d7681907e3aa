package dev.hone.template;

/** Stands where a variable or an item would be and none is yet. Templates never see it. */
enum Missing {
    MISSING
}
