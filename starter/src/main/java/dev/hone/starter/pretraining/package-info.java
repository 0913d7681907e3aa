@NullMarked
package dev.hone.starter.pretraining;

import org.jspecify.annotations.NullMarked;
