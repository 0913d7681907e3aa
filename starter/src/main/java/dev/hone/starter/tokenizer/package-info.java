@NullMarked
package dev.hone.starter.tokenizer;

import org.jspecify.annotations.NullMarked;
