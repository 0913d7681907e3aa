package dev.hone.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Does the same to many items on all cores and hands the results on in the order of the items. Some
 * items a core are under way at once, no more, so what is read does not pile up.
 */
final class OrderedWork<A, B> implements AutoCloseable {

    private static final int AHEAD = 4;

    private final int threads = Runtime.getRuntime().availableProcessors();
    private final ExecutorService pool =
            Executors.newFixedThreadPool(
                    threads, Thread.ofPlatform().daemon().name("hone-data-", 0).factory());
    private final Deque<Future<B>> underWay = new ArrayDeque<>();
    private final Function<A, B> work;
    private final Consumer<B> results;

    /**
     * @param work called from several threads
     * @param results called from the caller's thread
     */
    OrderedWork(Function<A, B> work, Consumer<B> results) {
        this.work = work;
        this.results = results;
    }

    /** Takes the next item; waits while too many are under way. */
    void add(A item) {
        if (underWay.size() >= AHEAD * threads) {
            take();
        }
        underWay.add(pool.submit(() -> work.apply(item)));
    }

    /** Waits for what is under way. */
    void finish() {
        while (!underWay.isEmpty()) {
            take();
        }
    }

    private void take() {
        try {
            results.accept(underWay.removeFirst().get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while preparing data", e);
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
