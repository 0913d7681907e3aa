@NullMarked
package dev.hone.starter.sample;

import org.jspecify.annotations.NullMarked;
