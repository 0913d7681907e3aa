/** What a run needs and costs: GPU catalogue, prices, memory, time, money, and which method. */
@org.jspecify.annotations.NullMarked
package dev.hone.plan;
