package dev.hone.train;

import dev.hone.data.Batch;
import dev.hone.model.Holding;
import dev.hone.model.ModelConfig;
import dev.hone.tensor.Cost;
import dev.hone.tensor.CountingOps;
import dev.hone.tensor.Device;
import dev.hone.train.Mix.Block;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * What a step takes under any mix of layer kinds, from counts of models of two and of three layers,
 * all of one kind.
 *
 * <p>What the third layer adds, every further one adds: state, kept bytes, operations. The peak
 * stands at the last layer of one of the mix's blocks: there is live what the layers up to it keep,
 * and what a layer of its kind needs beside, on the way back or before the head. The head's part
 * may be counted at every block: behind the last one it is there in truth, and nowhere is more
 * kept. The update needs the same at every depth.
 */
public final class LayeredStep {
    private static final int SHALLOW = 2;
    private static final int DEEPER = SHALLOW + 1;

    private final int layers;
    private final boolean alike;
    private final Counter counter;
    private final Map<LayerKind, Uniform> uniform = new HashMap<>();
    private final Map<Holding, StepCount> steps = new HashMap<>();

    /** Counts models. */
    @FunctionalInterface
    public interface Counter {

        /** The run's model with this many layers, held like this. */
        StepCount count(int layers, Holding holding);
    }

    /**
     * @param layers of the run's model
     * @param alike whether all of them are alike when they are held alike
     * @param counter of the same micro-batches in every count
     */
    public LayeredStep(int layers, boolean alike, Counter counter) {
        this.layers = layers;
        this.alike = alike;
        this.counter = counter;
    }

    /** Of a model with what the method adds to it. */
    public static LayeredStep of(ModelConfig config, RunFile.Method method, Counter counter) {
        return new LayeredStep(config.layers(), alike(config, method), counter);
    }

    /**
     * Of these micro-batches in a run with such settings, counted for a device.
     *
     * @param training what it says of how the model is held plays no part
     */
    public static LayeredStep of(
            Device device,
            ModelConfig config,
            RunFile.Method method,
            RunFile.TrainingSection training,
            List<Batch> batches) {
        return of(
                config,
                method,
                (layers, holding) ->
                        StepCount.of(
                                CountingOps.of(device),
                                config.withLayers(layers),
                                method,
                                training.holding(holding),
                                batches));
    }

    /** Whether the method adds the same to every layer. */
    static boolean alike(ModelConfig config, RunFile.Method method) {
        return !(method instanceof RunFile.Method.Lora lora)
                || lora.spec().alikeInAllLayers(config);
    }

    /**
     * Models of two and three layers of one kind, and what they tell.
     *
     * @param layerUpdate operations of a layer's update
     */
    private record Uniform(
            StepCount shallow,
            StepCount deeper,
            LayerCost layer,
            Map<Cost.Work, Long> layerUpdate) {

        static Uniform of(StepCount shallow, StepCount deeper) {
            List<PassCount> passes =
                    IntStream.range(0, shallow.passes().size())
                            .mapToObj(i -> layer(shallow.passes().get(i), deeper.passes().get(i)))
                            .toList();
            return new Uniform(
                    shallow,
                    deeper,
                    new LayerCost(
                            deeper.stateBytes() - shallow.stateBytes(),
                            deeper.hostBytes() - shallow.hostBytes(),
                            passes),
                    StepCount.combined(deeper.update(), shallow.update(), -1));
        }

        private static PassCount layer(PassCount two, PassCount three) {
            long kept = three.keptBytes() - two.keptBytes();
            return new PassCount(
                    three.peakBytes() - DEEPER * kept,
                    kept,
                    three.transferBytes() - two.transferBytes(),
                    StepCount.combined(three.work(), two.work(), -1));
        }

        long slope(ToLongFunction<StepCount> of) {
            return of.applyAsLong(deeper) - of.applyAsLong(shallow);
        }

        /** What is there of a model without layers. */
        long base(ToLongFunction<StepCount> of) {
            return of.applyAsLong(shallow) - SHALLOW * slope(of);
        }
    }

    /**
     * Whether the step is derived. A model that is no deeper than those counted is counted, and so
     * is one whose adapter is not the same in all layers.
     */
    public boolean derives() {
        return alike && layers > DEEPER;
    }

    /** What each layer of a kind takes. */
    public LayerCost layer(LayerKind kind) {
        return uniform(kind).layer();
    }

    private Uniform uniform(LayerKind kind) {
        return uniform.computeIfAbsent(
                kind,
                k ->
                        Uniform.of(
                                counter.count(SHALLOW, k.everywhere()),
                                counter.count(DEEPER, k.everywhere())));
    }

    /** Most bytes live during the step. */
    public long peakBytes(Holding holding) {
        if (!derives()) {
            return under(holding).peakBytes();
        }
        Mix mix = Mix.of(holding, layers);
        int passes = uniform(mix.base()).layer().passes().size();
        long pass = IntStream.range(0, passes).mapToLong(i -> passPeak(mix, i)).max().orElseThrow();
        return whole(mix, StepCount::stateBytes) + Math.max(pass, updateBytes(mix));
    }

    /** The whole step. */
    public StepCount under(Holding holding) {
        return steps.computeIfAbsent(
                holding, h -> derives() ? derived(h) : counter.count(layers, h));
    }

    private StepCount derived(Holding holding) {
        Mix mix = Mix.of(holding, layers);
        Uniform any = uniform(mix.base());
        List<PassCount> passes = new ArrayList<>();
        for (int i = 0; i < any.layer().passes().size(); i++) {
            int index = i;
            passes.add(
                    new PassCount(
                            passPeak(mix, index),
                            whole(mix, s -> s.passes().get(index).keptBytes()),
                            whole(mix, s -> s.passes().get(index).transferBytes()),
                            operations(
                                    mix,
                                    u -> u.shallow().passes().get(index).work(),
                                    u -> u.layer().passes().get(index).work())));
        }
        return new StepCount(
                whole(mix, StepCount::parameters),
                whole(mix, StepCount::trainableParameters),
                whole(mix, StepCount::weightBytes),
                whole(mix, StepCount::stateBytes),
                whole(mix, StepCount::hostBytes),
                new Forecast.Parts(
                        whole(mix, s -> s.state().weights()),
                        whole(mix, s -> s.state().adapter()),
                        whole(mix, s -> s.state().gradients()),
                        whole(mix, s -> s.state().optimizer()),
                        0,
                        0),
                List.copyOf(passes),
                updateBytes(mix),
                operations(mix, u -> u.shallow().update(), Uniform::layerUpdate));
    }

    /**
     * Seconds at best of one micro-batch's passes. Copies between device and host go on beside the
     * layers' own arithmetic; what they take beyond that is waited for.
     *
     * @param index of the micro-batch among those counted
     */
    public double passSeconds(Holding holding, int index, Speed speed) {
        PassCount pass = under(holding).passes().get(index);
        double seconds = speed.seconds(pass.work());
        if (pass.transferBytes() == 0) {
            return seconds;
        }
        double layersSeconds = 0;
        if (derives()) {
            for (Map.Entry<LayerKind, Integer> kind : Mix.of(holding, layers).counts().entrySet()) {
                PassCount layer = uniform(kind.getKey()).layer().passes().get(index);
                layersSeconds += kind.getValue() * speed.seconds(layer.work());
            }
        }
        return seconds + Math.max(0, speed.transferSeconds(pass.transferBytes()) - layersSeconds);
    }

    private long passPeak(Mix mix, int index) {
        long kept = 0;
        long peak = 0;
        for (Block block : mix.blocks()) {
            PassCount layer = uniform(block.kind()).layer().passes().get(index);
            kept += block.layers() * layer.keptBytes();
            peak = Math.max(peak, kept + layer.peakBytes());
        }
        return peak;
    }

    /** The least of the counts: one may show a pass's peak where the update's is lower. */
    private long updateBytes(Mix mix) {
        return mix.blocks().stream()
                .mapToLong(b -> uniform(b.kind()).deeper().updateBytes())
                .min()
                .orElseThrow();
    }

    private long whole(Mix mix, ToLongFunction<StepCount> of) {
        long sum = uniform(mix.base()).base(of);
        for (Map.Entry<LayerKind, Integer> kind : mix.counts().entrySet()) {
            sum += kind.getValue() * uniform(kind.getKey()).slope(of);
        }
        return sum;
    }

    private Map<Cost.Work, Long> operations(
            Mix mix,
            Function<Uniform, Map<Cost.Work, Long>> shallow,
            Function<Uniform, Map<Cost.Work, Long>> layer) {
        Uniform any = uniform(mix.base());
        Map<Cost.Work, Long> sum =
                StepCount.combined(shallow.apply(any), layer.apply(any), -SHALLOW);
        for (Map.Entry<LayerKind, Integer> kind : mix.counts().entrySet()) {
            Uniform counts = uniform(kind.getKey());
            sum = StepCount.combined(sum, layer.apply(counts), kind.getValue());
        }
        return sum;
    }
}
