@NullMarked
package dev.hone.template;

import org.jspecify.annotations.NullMarked;
