@NullMarked
package dev.hone.model;

import org.jspecify.annotations.NullMarked;
