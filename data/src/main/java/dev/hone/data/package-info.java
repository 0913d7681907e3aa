/**
 * Rows of a file become conversations, conversations become token ids with a training weight each,
 * and those become packed batches: {@link dev.hone.data.RowReader} → {@link dev.hone.data.Row} →
 * {@link dev.hone.data.ExampleBuilder} → {@link dev.hone.data.Example} → {@link
 * dev.hone.data.StepPlan} → {@link dev.hone.data.Batch}. {@link dev.hone.data.Dataset} runs the
 * first half and reports what happened to every row.
 */
@NullMarked
package dev.hone.data;

import org.jspecify.annotations.NullMarked;
