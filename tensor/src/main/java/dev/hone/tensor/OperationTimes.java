package dev.hone.tensor;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where an engine's time goes: every call of a primitive or kernel, by name. */
public final class OperationTimes {
    private final Map<String, Entry> entries = new HashMap<>();

    /** One operation's calls and time. */
    public record Entry(String operation, long calls, long nanos) {}

    /**
     * An engine part whose calls are timed here.
     *
     * @param finish waits until the device has done what a call started
     */
    public <T> T timed(Class<T> type, T target, Runnable finish) {
        Object proxy =
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) -> {
                            long start = System.nanoTime();
                            try {
                                Object result = method.invoke(target, arguments);
                                finish.run();
                                return result;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            } finally {
                                long nanos = System.nanoTime() - start;
                                String operation = named(method.getName(), arguments);
                                entries.merge(
                                        operation,
                                        new Entry(operation, 1, nanos),
                                        (a, b) ->
                                                new Entry(
                                                        a.operation(),
                                                        a.calls() + b.calls(),
                                                        a.nanos() + b.nanos()));
                            }
                        });
        return type.cast(proxy);
    }

    /** Matrix products are told apart by the shapes of their factors. */
    private static String named(String method, @Nullable Object @Nullable [] arguments) {
        if (arguments == null || !method.startsWith("matmul")) {
            return method;
        }
        return Arrays.stream(arguments)
                .filter(Tensor.class::isInstance)
                .map(argument -> ((Tensor) argument).shape().toString())
                .collect(Collectors.joining(" · ", method + " ", ""));
    }

    /** Forgets everything so far. */
    public void reset() {
        entries.clear();
    }

    /** All operations, the most expensive first. */
    public List<Entry> byTime() {
        return entries.values().stream()
                .sorted(Comparator.comparingLong(Entry::nanos).reversed())
                .toList();
    }
}
