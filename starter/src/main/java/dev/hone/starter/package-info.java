@NullMarked
package dev.hone.starter;

import org.jspecify.annotations.NullMarked;
