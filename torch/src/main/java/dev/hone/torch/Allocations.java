package dev.hone.torch;

import static org.bytedeco.pytorch.global.torch.make_generator_cpu;

import dev.hone.tensor.DType;
import dev.hone.tensor.Device;
import dev.hone.tensor.Shape;
import java.util.EnumMap;
import java.util.Map;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_cuda;

/** Makes native tensors on one device, with the options of each dtype made once. */
final class Allocations implements AutoCloseable {
    private final Device device;
    private final Map<DType, TensorOptions> options = new EnumMap<>(DType.class);
    private final MemoryFormatOptional anyFormat = new MemoryFormatOptional();

    Allocations(Device device) {
        this.device = device;
        try (org.bytedeco.pytorch.Device place = nativeDevice();
                DeviceOptional optional = new DeviceOptional(place)) {
            for (DType dtype : DType.values()) {
                try (TensorOptions typed = new TensorOptions(scalarType(dtype))) {
                    options.put(dtype, typed.device(optional));
                }
            }
        }
    }

    private org.bytedeco.pytorch.Device nativeDevice() {
        return switch (device.kind()) {
            case CPU -> new org.bytedeco.pytorch.Device(torch.DeviceType.CPU);
            case CUDA ->
                    new org.bytedeco.pytorch.Device(torch.DeviceType.CUDA, (byte) device.index());
        };
    }

    static torch.ScalarType scalarType(DType dtype) {
        return switch (dtype) {
            case F64 -> torch.ScalarType.Double;
            case F32 -> torch.ScalarType.Float;
            case BF16 -> torch.ScalarType.BFloat16;
            case I64 -> torch.ScalarType.Long;
            case I32 -> torch.ScalarType.Int;
            case U8 -> torch.ScalarType.Byte;
            case I8 -> torch.ScalarType.Char;
        };
    }

    /** A contiguous native tensor with undefined content. */
    Tensor empty(DType dtype, Shape shape) {
        TensorOptions typed = options.get(dtype);
        if (typed == null) {
            throw new IllegalStateException("this engine was closed before it was used");
        }
        return torch.empty(shape.dims(), typed, anyFormat);
    }

    /** A source of random numbers on this device. */
    Generator generator() {
        return switch (device.kind()) {
            case CPU -> make_generator_cpu();
            case CUDA -> torch_cuda.make_generator_cuda((byte) device.index());
        };
    }

    @Override
    public void close() {
        options.values().forEach(TensorOptions::close);
        options.clear();
        anyFormat.close();
    }
}
