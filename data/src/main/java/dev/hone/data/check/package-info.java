/**
 * Looks at rows before anything is trained on them. {@link dev.hone.data.check.DataCheck} makes one
 * pass over files and reports every {@link dev.hone.data.check.Finding}; what it looks for stands
 * in {@link dev.hone.data.check.Checks}, one class each. {@link dev.hone.data.check.DataFix} writes
 * a cleaned copy.
 */
@NullMarked
package dev.hone.data.check;

import org.jspecify.annotations.NullMarked;
