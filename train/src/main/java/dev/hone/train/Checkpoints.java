package dev.hone.train;

import dev.hone.model.Folders;
import dev.hone.model.SafetensorsFile;
import dev.hone.model.SafetensorsWriter;
import dev.hone.model.TensorBytes;
import dev.hone.tensor.Ops;
import dev.hone.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The checkpoints of a run: parameters in the best precision there is, the optimizer's states, and
 * the number of steps done. Data order, dropout and rounding by chance follow from the seed and the
 * step, so there is nothing else to save. A checkpoint is written beside the others under a name
 * that is not one, forced to disk, and renamed: at any moment every folder named {@code step-…} is
 * whole.
 */
final class Checkpoints {
    private static final String PREFIX = "step-";
    private static final String STATE = "state.json";
    private static final String TENSORS = "training.safetensors";
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Path folder;
    private final int keep;
    private final String fingerprint;

    /**
     * @param keep how many of the newest stay
     * @param fingerprint of everything that decides what a step computes
     */
    Checkpoints(Path folder, int keep, String fingerprint) {
        this.folder = folder;
        this.keep = keep;
        this.fingerprint = fingerprint;
    }

    /**
     * Saves the state after {@code step} steps; an older checkpoint goes only when this one is
     * whole.
     */
    Path save(long step, Ops ops, Optimizer optimizer) {
        Path target = folder.resolve("%s%08d".formatted(PREFIX, step));
        Path partial = folder.resolve(target.getFileName() + ".partial");
        try {
            Files.createDirectories(folder);
            Folders.delete(partial);
            Files.createDirectory(partial);
            try (TensorBytes bytes = new TensorBytes(ops)) {
                SafetensorsWriter.write(
                        partial.resolve(TENSORS), contents(optimizer, bytes), Map.of());
            }
            ObjectNode state = MAPPER.createObjectNode();
            state.put("step", step);
            state.put("optimizer", optimizer.name());
            state.put("fingerprint", fingerprint);
            writeForced(partial.resolve(STATE), state.toString());
            Folders.delete(target);
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            prune();
            return target;
        } catch (IOException e) {
            deleteQuietly(partial);
            throw new TrainingException(
                    "cannot save a checkpoint in %s: %s; %s"
                            .formatted(folder, reason(e), lastGood()),
                    e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof FileSystemException f && f.getReason() != null
                ? f.getReason()
                : String.valueOf(e.getMessage());
    }

    /** What a person can go on from, for a message. */
    String lastGood() {
        return newest().map(c ->
                        "%s is whole: continue from it with --resume".formatted(c.getFileName()))
                .orElse("there is no earlier checkpoint");
    }

    private static List<SafetensorsWriter.Content> contents(
            Optimizer optimizer, TensorBytes bytes) {
        List<SafetensorsWriter.Content> contents = new ArrayList<>();
        for (Optimizer.State state : optimizer.states()) {
            String name = state.parameter().name();
            contents.add(content(name, state.parameter().best(), bytes));
            state.tensors()
                    .forEach((key, tensor) ->
                            contents.add(content(name + "." + key, tensor, bytes)));
        }
        return contents;
    }

    private static SafetensorsWriter.Content content(
            String name, Tensor tensor, TensorBytes bytes) {
        return new SafetensorsWriter.Content(
                name, tensor.dtype().name(), tensor.shape(), () -> bytes.of(tensor));
    }

    private static void writeForced(Path file, String text) throws IOException {
        Files.writeString(file, text);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /**
     * Restores the newest checkpoint.
     *
     * @return the number of steps done, or empty when there is no checkpoint
     */
    Optional<Long> restore(Ops ops, Optimizer optimizer) {
        Optional<Path> newest = newest();
        if (newest.isEmpty()) {
            return Optional.empty();
        }
        Path checkpoint = newest.get();
        try {
            JsonNode state = MAPPER.readTree(Files.readAllBytes(checkpoint.resolve(STATE)));
            String made = state.path("optimizer").asString("adamw");
            if (!made.equals(optimizer.name())) {
                throw new TrainingException(
                        "%s holds the states of optimizer %s, and the run file says %s: go on with training.optimizer: %s, or start anew in another output folder"
                                .formatted(checkpoint, made, optimizer.name(), made));
            }
            if (!state.path("fingerprint").asString("").equals(fingerprint)) {
                throw new TrainingException(
                        "%s was made with other data or settings (rows, batches, optimizer, model or seed); resume with those of the run.yml beside it, or start anew in another output folder"
                                .formatted(checkpoint));
            }
            try (SafetensorsFile file = SafetensorsFile.open(checkpoint.resolve(TENSORS))) {
                for (Optimizer.State s : optimizer.states()) {
                    String name = s.parameter().name();
                    s.parameter().load(ops, file.require(name).bytes());
                    s.tensors()
                            .forEach((key, tensor) ->
                                    ops.load(file.require(name + "." + key).bytes(), tensor));
                }
            }
            return Optional.of(state.path("step").asLong());
        } catch (IOException e) {
            throw new TrainingException(
                    "%s: cannot be read: %s".formatted(checkpoint, e.getMessage()), e);
        }
    }

    /** The newest whole checkpoint. */
    Optional<Path> newest() {
        List<Path> all = whole();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    private List<Path> whole() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, PREFIX + "*")) {
            for (Path entry : entries) {
                if (!entry.toString().endsWith(".partial") && Files.exists(entry.resolve(STATE))) {
                    found.add(entry);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        found.sort(Comparator.naturalOrder());
        return found;
    }

    private void prune() throws IOException {
        List<Path> all = whole();
        for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
            Folders.delete(old);
        }
    }

    private static void deleteQuietly(Path path) {
        try {
            Folders.delete(path);
        } catch (IOException _) {
            // What is left carries a name that no resume looks at.
        }
    }
}
