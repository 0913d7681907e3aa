package dev.hone.torch;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Threads of our own beside the caller's, for where libtorch's cannot be had. */
final class CpuThreadTeam extends CpuTeam {
    /** Looks at an inbox before a thread goes to sleep: a few microseconds. */
    private static final int SPINS = 200;

    private record Job(Task task, int from, int to) {}

    private final CpuScratch scratch = new CpuScratch();
    private final Worker[] workers;

    CpuThreadTeam(int threads) {
        super(threads);
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker("hone-kernels-" + (i + 1));
            workers[i].start();
        }
    }

    @Override
    void share(int units, int parts, Task task) {
        for (int part = 1; part < parts; part++) {
            workers[part - 1].start(
                    new Job(task, cut(units, part, parts), cut(units, part + 1, parts)));
        }
        try {
            alone(cut(units, 1, parts), task);
        } finally {
            for (int part = 1; part < parts; part++) {
                workers[part - 1].await();
            }
        }
        for (int part = 1; part < parts; part++) {
            workers[part - 1].rethrow();
        }
    }

    @Override
    void alone(int units, Task task) {
        task.run(scratch, 0, units);
    }

    /** Ends the threads and frees their memory. */
    @Override
    public void close() {
        for (Worker worker : workers) {
            worker.end();
        }
        scratch.close();
    }

    /** A thread with an inbox for one job; the inbox is empty again when the job is done. */
    private static final class Worker implements Runnable {
        private final CpuScratch scratch = new CpuScratch();
        private final AtomicReference<@Nullable Job> inbox = new AtomicReference<>();
        private final Thread thread;
        private volatile boolean asleep;
        private volatile boolean ended;
        private volatile @Nullable Thread waiting;
        private @Nullable Throwable failure;

        Worker(String name) {
            thread = Thread.ofPlatform().daemon().name(name).unstarted(this);
        }

        void start() {
            thread.start();
        }

        void start(Job job) {
            inbox.set(job);
            if (asleep) {
                LockSupport.unpark(thread);
            }
        }

        void await() {
            for (int looks = 0; looks < SPINS; looks++) {
                if (inbox.get() == null) {
                    return;
                }
                Thread.onSpinWait();
            }
            waiting = Thread.currentThread();
            while (inbox.get() != null) {
                LockSupport.park(this);
            }
            waiting = null;
        }

        void rethrow() {
            Throwable thrown = failure;
            failure = null;
            switch (thrown) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case null, default -> {}
            }
        }

        void end() {
            ended = true;
            LockSupport.unpark(thread);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            scratch.close();
        }

        @Override
        public void run() {
            while (!ended) {
                Job job = next();
                if (job != null) {
                    try {
                        job.task().run(scratch, job.from(), job.to());
                    } catch (RuntimeException | Error e) {
                        failure = e;
                    }
                    inbox.set(null);
                    LockSupport.unpark(waiting);
                }
            }
        }

        /** The next job, or null after a wake-up without one. */
        private @Nullable Job next() {
            for (int looks = 0; looks < SPINS; looks++) {
                Job job = inbox.get();
                if (job != null) {
                    return job;
                }
                Thread.onSpinWait();
            }
            asleep = true;
            if (inbox.get() == null && !ended) {
                LockSupport.park(this);
            }
            asleep = false;
            return inbox.get();
        }
    }
}
