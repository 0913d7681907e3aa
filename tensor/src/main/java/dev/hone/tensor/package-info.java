@NullMarked
package dev.hone.tensor;

import org.jspecify.annotations.NullMarked;
