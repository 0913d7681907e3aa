package dev.hone.template;

/** A position in the source of a template: line and column, both counted from one. */
record Place(int line, int column) {}
