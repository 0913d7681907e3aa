package dev.hone.template;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code self} variable: the blocks of the template, to be rendered again. */
record BlockReferences(Map<String, Stmt.Block> blocks, Interpreter interpreter) {

    /** What renders the block {@code name}, or null. */
    @Nullable Object find(String name) {
        Stmt.Block block = blocks.get(name);
        if (block == null) {
            return null;
        }
        return new Builtin(
                name,
                (args, run) ->
                        interpreter.text(block.body(), new Scope(null, block.body().names(), run)));
    }
}
