@NullMarked
package dev.hone.torch;

import org.jspecify.annotations.NullMarked;
