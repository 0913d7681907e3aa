package dev.hone.generate;

import dev.hone.data.ChatFormat;
import dev.hone.data.Message;
import dev.hone.data.Tokenizer;
import dev.hone.model.Decoder;
import dev.hone.model.DecoderLoader;
import dev.hone.model.ModelConfig;
import dev.hone.model.ModelException;
import dev.hone.model.ModelFiles;
import dev.hone.model.PeftAdapter;
import dev.hone.model.Quantization;
import dev.hone.model.Storage;
import dev.hone.model.StoredQuantization;
import dev.hone.model.Training;
import dev.hone.tensor.DType;
import dev.hone.tensor.Ops;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A model ready to answer: decoder, tokenizer and chat template of a folder, with or without an
 * adapter.
 */
public final class LoadedModel implements AutoCloseable {
    private final Decoder decoder;
    private final boolean ownsDecoder;
    private final Tokenizer tokenizer;
    private final ChatFormat format;

    private LoadedModel(
            Decoder decoder, boolean ownsDecoder, Tokenizer tokenizer, ChatFormat format) {
        this.decoder = decoder;
        this.ownsDecoder = ownsDecoder;
        this.tokenizer = tokenizer;
        this.format = format;
    }

    /** Loads everything from a model folder and, if given, a PEFT adapter folder. */
    public static LoadedModel load(Ops ops, Path model, Optional<Path> adapter, DType dtype) {
        Decoder decoder = decoder(ops, model, adapter, dtype);
        try {
            return new LoadedModel(decoder, true, Tokenizer.load(model), ChatFormat.load(model));
        } catch (RuntimeException e) {
            decoder.close();
            throw e;
        }
    }

    /** A decoder that is in use elsewhere, with the tokenizer and template of {@code model}. */
    public static LoadedModel around(Decoder decoder, Path model) {
        return new LoadedModel(decoder, false, Tokenizer.load(model), ChatFormat.load(model));
    }

    /**
     * The decoder alone, nothing in it trainable. Matrices that are stored in fewer bits stay so
     * and are written out for each product; where the adapter goes with a quantized base, a model
     * in full is quantized as it is loaded.
     */
    public static Decoder decoder(Ops ops, Path model, Optional<Path> adapter, DType dtype) {
        ModelConfig config = ModelConfig.read(model);
        Optional<Quantization> stored = StoredQuantization.of(model);
        Training frozen = new Training.Frozen();
        try (ModelFiles weights = ModelFiles.open(model)) {
            if (adapter.isEmpty()) {
                return DecoderLoader.load(
                        ops, config, weights, dtype, null, frozen, Storage.of(stored));
            }
            try (PeftAdapter peft = PeftAdapter.open(adapter.get())) {
                return DecoderLoader.load(
                        ops,
                        config,
                        weights,
                        dtype,
                        peft.adapter(),
                        frozen,
                        Storage.of(base(model, stored, peft)));
            }
        }
    }

    /** How the base is stored: as it is, or as the adapter wants one that is in full. */
    private static Optional<Quantization> base(
            Path model, Optional<Quantization> stored, PeftAdapter peft) {
        Optional<Quantization> wanted = peft.base();
        if (stored.isPresent() && wanted.isPresent() && !stored.equals(wanted)) {
            throw new ModelException(
                    "%s is stored in %s, and the adapter goes with a base in %s; take the model in full"
                            .formatted(model, stored.get(), wanted.get()));
        }
        return stored.or(() -> wanted);
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Writes answers with this model. */
    public TextGenerator generator() {
        return new TextGenerator(decoder, tokenizer, format.stopTokens(tokenizer));
    }

    /** Answers a conversation. */
    public TextGenerator.Answer answer(
            List<Message> messages, Sampling sampling, Consumer<String> listener) {
        return generator().answer(format.render(messages, true), sampling, listener);
    }

    @Override
    public void close() {
        tokenizer.close();
        if (ownsDecoder) {
            decoder.close();
        }
    }
}
