@NullMarked
package dev.hone.evaluate;

import org.jspecify.annotations.NullMarked;
