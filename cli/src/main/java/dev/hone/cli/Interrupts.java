package dev.hone.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Turns Ctrl-C into a request: the process stays until what runs has saved its state. A second
 * Ctrl-C, or a kill, ends it at once; a run survives that too.
 */
final class Interrupts implements AutoCloseable, BooleanSupplier {
    private static final long PATIENCE_SECONDS = 600;

    private final AtomicBoolean requested = new AtomicBoolean();
    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook;

    Interrupts(Runnable onRequest) {
        this.hook =
                new Thread(
                        () -> {
                            requested.set(true);
                            onRequest.run();
                            await();
                        },
                        "stop-cleanly");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void await() {
        try {
            if (!saved.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("hone: gave up waiting for a checkpoint");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a stop was asked for. */
    @Override
    public boolean getAsBoolean() {
        return requested.get();
    }

    /** Says that all is saved. While the JVM shuts down its exit code is set here, once. */
    @Override
    public void close() {
        if (requested.get()) {
            System.out.flush();
            System.err.flush();
            Runtime.getRuntime().halt(Exit.STOPPED);
        }
        saved.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The JVM is on its way down; the latch lets it go.
        }
    }
}
