package dev.hone.model;

import dev.hone.model.SafetensorsWriter.Content;
import dev.hone.tensor.Ops;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a copy of a model folder whose layers' matrices are in fewer bits, to the byte as
 * transformers 5 with bitsandbytes 0.50 saves it. One tensor is in memory at a time, so a model may
 * be larger than that.
 */
public final class ModelQuantizer {
    private final Ops ops;
    private final Path from;
    private final Path into;
    private final Quantization kind;
    private final Listener listener;
    private final long shardLimit;

    private final List<Content> contents = new ArrayList<>();
    private final List<String> stayed = new ArrayList<>();
    private final Map<String, Worst> worst = new TreeMap<>();
    private long bytesBefore;
    private long quantized;
    private int matrices;

    private ModelQuantizer(
            Ops ops, Path from, Path into, Quantization kind, Listener listener, long shardLimit) {
        this.ops = ops;
        this.from = from;
        this.into = into.toAbsolutePath().normalize();
        this.kind = kind;
        this.listener = listener;
        this.shardLimit = shardLimit;
    }

    /** Told how far the work is, and asked whether to go on. */
    public interface Listener {
        /** {@code done} of {@code total} matrices were read for their scales. */
        void scales(long done, long total);

        /** {@code done} of {@code total} bytes were made for writing. */
        void bytes(long done, long total);

        /** Whether to end without a result. */
        boolean stopped();
    }

    /** The matrix of a kind that lost most: its name and its relative error. */
    public record Worst(String tensor, double error) {}

    /**
     * What was written.
     *
     * @param bytesBefore of the tensors that were read
     * @param bytesAfter of those that were written
     * @param matrices that were quantized
     * @param quantized their parameters
     * @param parameters of the model
     * @param stayed tensors that were copied as they are
     * @param leftOut tensors of the folder that are no part of the model
     * @param worst of each kind of matrix, such as {@code q_proj}, the one that lost most
     */
    public record Report(
            long bytesBefore,
            long bytesAfter,
            int matrices,
            long quantized,
            long parameters,
            List<String> stayed,
            List<String> leftOut,
            Map<String, Worst> worst) {}

    /**
     * Writes the copy. The folder appears under its name when it is whole.
     *
     * @param ops of the processor
     * @param into a folder that does not exist or is empty
     * @return empty when the listener stopped it; then nothing is left
     * @throws IOException when the disk will not do; then nothing is left either
     */
    public static Optional<Report> write(
            Ops ops, Path from, Path into, Quantization kind, Listener listener)
            throws IOException {
        return write(ops, from, into, kind, listener, ShardedWriter.LIMIT);
    }

    static Optional<Report> write(
            Ops ops, Path from, Path into, Quantization kind, Listener listener, long shardLimit)
            throws IOException {
        try {
            return Optional.of(
                    new ModelQuantizer(ops, from, into, kind, listener, shardLimit).write());
        } catch (CancellationException _) {
            return Optional.empty();
        }
    }

    private Report write() throws IOException {
        Path partial = into.resolveSibling(into.getFileName() + ".partial");
        requireFree(partial);
        ModelConfig config = ModelConfig.read(from);
        StoredQuantization.of(from).ifPresent(this::refuseQuantized);
        try (ModelFiles files = ModelFiles.open(from)) {
            List<ModelTensor> tensors = ModelTensor.of(config);
            collect(files, tensors);
            List<String> leftOut = new ArrayList<>(new TreeSet<>(files.names()));
            tensors.forEach(tensor -> leftOut.remove(tensor.name()));
            long size = contents.stream().mapToLong(Content::size).sum();
            requireSpace(partial, size);
            try {
                Files.createDirectories(partial);
                ShardedWriter.write(partial, counted(size), config.parameters(), shardLimit);
                writeConfig(files, tensors, partial);
                ModelWriter.copyBeside(from, partial);
                Files.deleteIfExists(into);
                Files.move(partial, into, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new IOException(
                        "%s: cannot be written: %s; nothing of it is left"
                                .formatted(into, e.getMessage()),
                        e);
            } finally {
                Folders.delete(partial);
            }
            return new Report(
                    bytesBefore,
                    size,
                    matrices,
                    quantized,
                    config.parameters(),
                    List.copyOf(stayed),
                    List.copyOf(leftOut),
                    new TreeMap<>(worst));
        }
    }

    private void requireFree(Path partial) throws IOException {
        if (Files.exists(partial)) {
            throw new ModelException(
                    "%s is what another run is writing, or left when it was killed; remove it if none is running"
                            .formatted(partial));
        }
        if (!Files.exists(into)) {
            return;
        }
        if (!Files.isDirectory(into)) {
            throw new ModelException(into + " is a file; name a folder that does not exist yet");
        }
        try (Stream<Path> entries = Files.list(into)) {
            if (entries.findAny().isPresent()) {
                throw new ModelException(
                        into + " is not empty; name a folder that does not exist yet");
            }
        }
    }

    private void refuseQuantized(Quantization stored) {
        throw new ModelException(
                "%s is quantized already, in %s; take the model it was made from"
                        .formatted(from, stored));
    }

    private static void requireSpace(Path partial, long size) throws IOException {
        Path parent = partial.toAbsolutePath().getParent();
        Files.createDirectories(parent);
        long free = Files.getFileStore(parent).getUsableSpace();
        if (free < size) {
            throw new IOException(
                    "%s: the model takes %,d bytes, and %,d are free"
                            .formatted(parent, size, free));
        }
    }

    /** Lays out everything that is to be written. */
    private void collect(ModelFiles files, List<ModelTensor> tensors) {
        long total = tensors.stream().filter(ModelTensor::quantizable).count();
        for (ModelTensor tensor : tensors) {
            SafetensorsFile.Entry entry = files.entry(tensor.name(), tensor.shape());
            bytesBefore += entry.bytes().byteSize();
            if (!tensor.quantizable()) {
                stayed.add(tensor.name());
                contents.add(
                        new Content(tensor.name(), entry.dtype(), entry.shape(), entry::bytes));
                continue;
            }
            requireGoingOn();
            contents.addAll(
                    Quantizer.of(kind)
                            .contents(
                                    ops,
                                    tensor.name(),
                                    HostValues.of(from, entry),
                                    tensor.shape(),
                                    error -> note(tensor, error)));
            quantized += tensor.shape().elements();
            listener.scales(++matrices, total);
        }
    }

    private void note(ModelTensor tensor, double error) {
        Worst before = worst.get(tensor.kind());
        if (before == null || error > before.error()) {
            worst.put(tensor.kind(), new Worst(tensor.name(), error));
        }
    }

    /** The contents, with the listener told of each. */
    private List<Content> counted(long total) {
        long[] done = {0};
        return contents.stream()
                .map(content -> {
                    Supplier<MemorySegment> bytes =
                            () -> {
                                requireGoingOn();
                                MemorySegment made = content.bytes().get();
                                done[0] += made.byteSize();
                                listener.bytes(done[0], total);
                                return made;
                            };
                    return new Content(content.name(), content.dtype(), content.shape(), bytes);
                })
                .toList();
    }

    private void requireGoingOn() {
        if (listener.stopped()) {
            throw new CancellationException();
        }
    }

    /** The model's config with what was done to it; products are in the dtype of the embedding. */
    private void writeConfig(ModelFiles files, List<ModelTensor> tensors, Path folder)
            throws IOException {
        ModelTensor embedding = tensors.getFirst();
        HostValues values = HostValues.of(from, files.entry(embedding.name(), embedding.shape()));
        ObjectNode config =
                (ObjectNode) ConfigJson.read(from.resolve(ModelWriter.CONFIG)).node().deepCopy();
        StoredQuantization.put(config, kind, values.format().torchName());
        Files.writeString(folder.resolve(ModelWriter.CONFIG), PythonJson.pretty(config) + "\n");
    }
}
