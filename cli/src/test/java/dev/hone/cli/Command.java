package dev.hone.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs {@code hone} in a process of its own, as a person would. */
final class Command {
    /** The folder of the starter model, seen from this module. */
    static final Path STARTER = Path.of("..", "starter").toAbsolutePath().normalize();

    private Command() {}

    /** What a finished command left. */
    record Ended(int exitCode, String out, String err) {}

    /** Starts a command whose output goes to {@code out.txt} and {@code err.txt} in a folder. */
    static Process start(Path folder, String... arguments) throws IOException {
        return start(folder, List.of(), arguments);
    }

    /**
     * The same, run by another command.
     *
     * @param runner what stands before the command, such as {@code env NAME=value}
     */
    static Process start(Path folder, List<String> runner, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(runner);
        command.add(ProcessHandle.current().info().command().orElse("java"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("-") && !flag.startsWith("-javaagent"))
                .forEach(command::add);
        command.add("-Dhone.home=" + STARTER.getParent());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.hone.cli.Hone"));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out.txt").toFile())
                .redirectError(folder.resolve("err.txt").toFile())
                .start();
    }

    /** Runs a command to its end with these lines as standard input. */
    static Ended run(Path folder, String input, String... arguments)
            throws IOException, InterruptedException {
        return run(folder, List.of(), input, arguments);
    }

    /** The same, run by another command; see {@link #start(Path, List, String...)}. */
    static Ended run(Path folder, List<String> runner, String input, String... arguments)
            throws IOException, InterruptedException {
        Process process = start(folder, runner, arguments);
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        return ended(folder, process);
    }

    /**
     * Waits for a command's end. The JVM's line on its incubating module is the launcher's to
     * filter.
     */
    static Ended ended(Path folder, Process process) throws IOException, InterruptedException {
        int code = process.waitFor();
        return new Ended(
                code,
                Files.readString(folder.resolve("out.txt")),
                Files.readString(folder.resolve("err.txt"))
                        .replaceFirst("^WARNING: Using incubator modules: .*\\R", ""));
    }
}
