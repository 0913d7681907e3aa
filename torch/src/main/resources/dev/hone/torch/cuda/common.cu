// What all kernels share. NVRTC compiles these files for the card at hand; the tests compile the same ones for the host.
//
// Arithmetic is fp32, whatever the type of the elements. A kernel exists for each element type T, under its name with
// _bf16 or _f32 behind it; KERNEL makes both from one function template. Shape letters are those of the Java sources.

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

struct bf16 {
    u16 bits;
};

#define KERNEL(name, parameters, arguments)                                                                  \
    namespace name##_of_bf16 {                                                                               \
    typedef bf16 T;                                                                                          \
    extern "C" __global__ void name##_bf16 parameters {                                                      \
        name<T> arguments;                                                                                   \
    }                                                                                                        \
    ENTRY(name##_bf16)                                                                                       \
    }                                                                                                        \
    namespace name##_of_f32 {                                                                                \
    typedef float T;                                                                                         \
    extern "C" __global__ void name##_f32 parameters {                                                       \
        name<T> arguments;                                                                                   \
    }                                                                                                        \
    ENTRY(name##_f32)                                                                                        \
    }

// Elements

INLINE float widen(float x) {
    return x;
}

INLINE float widen(bf16 x) {
    return __uint_as_float((u32)x.bits << 16);
}

// x rounded to the nearest bf16, ties to even.
INLINE u16 bf16Bits(float x) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    u16 bits;
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(bits) : "f"(x));
    return bits;
#else
    u32 bits = __float_as_uint(x);
    return x != x ? 0x7fc0 : (u16)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
#endif
}

INLINE void put(float* at, float x) {
    *at = x;
}

INLINE void put(bf16* at, float x) {
    at->bits = bf16Bits(x);
}

// Eight elements move at once where all of a kernel's rows begin at a multiple of their size.
template <class T>
struct alignas(8 * sizeof(T)) Eight {
    T of[8];
};

template <class T>
INLINE void load8(const T* from, float* x) {
    Eight<T> packed = *reinterpret_cast<const Eight<T>*>(from);
#pragma unroll
    for (int i = 0; i < 8; i++) {
        x[i] = widen(packed.of[i]);
    }
}

template <class T>
INLINE void store8(T* to, const float* x) {
    Eight<T> packed;
#pragma unroll
    for (int i = 0; i < 8; i++) {
        put(&packed.of[i], x[i]);
    }
    *reinterpret_cast<Eight<T>*>(to) = packed;
}

template <class T>
INLINE bool aligned(const T* a) {
    return (u64)a % (8 * sizeof(T)) == 0;
}

// A thread's place among all, and their number.
INLINE i64 place() {
    return (i64)blockIdx.x * blockDim.x + threadIdx.x;
}

INLINE i64 places() {
    return (i64)gridDim.x * blockDim.x;
}

// Sums and maxima over the threads of a warp or of a whole block; every one of them gets the result, and all take part.

INLINE float warpSum(float x) {
    for (int lane = 16; lane > 0; lane /= 2) {
        x += __shfl_xor_sync(0xffffffffu, x, lane);
    }
    return x;
}

INLINE float warpMax(float x) {
    for (int lane = 16; lane > 0; lane /= 2) {
        x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, lane));
    }
    return x;
}

INLINE float blockSum(float x) {
    __shared__ float parts[32];
    x = warpSum(x);
    if (threadIdx.x % 32 == 0) {
        parts[threadIdx.x / 32] = x;
    }
    __syncthreads();
    x = 0;
    for (int warp = 0; warp < blockDim.x / 32; warp++) {
        x += parts[warp];
    }
    __syncthreads();
    return x;
}

INLINE float blockMax(float x) {
    __shared__ float parts[32];
    x = warpMax(x);
    if (threadIdx.x % 32 == 0) {
        parts[threadIdx.x / 32] = x;
    }
    __syncthreads();
    x = parts[0];
    for (int warp = 1; warp < blockDim.x / 32; warp++) {
        x = fmaxf(x, parts[warp]);
    }
    __syncthreads();
    return x;
}

// Random bits as a function of seed and place alone: the SplitMix64 output of the number of a run of 1024 elements, mixed
// with the place in the run by two rounds of MurmurHash3's finalizer. The same as on the processor.

INLINE u64 runKey(u64 seed, i64 run) {
    u64 z = seed + 0x9e3779b97f4a7c15ull * (u64)(run + 1);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

INLINE u32 mixed(u32 h) {
    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    return h ^ h >> 16;
}

INLINE u32 randomBits(u64 key, u32 inRun) {
    return mixed(mixed(inRun + (u32)key) + (u32)(key >> 32));
}

// Sums over rows of [N, D], first over parts of `height` rows, then over the parts: a block has 256 columns of one part.
struct Stripe {
    i64 part;
    int column;
    i64 from;
    i64 to;

    INLINE Stripe(i64 n, int d, int height) {
        int blocks = (d + blockDim.x - 1) / blockDim.x;
        part = blockIdx.x / blocks;
        column = blockIdx.x % blocks * blockDim.x + threadIdx.x;
        from = part * height;
        to = from + height < n ? from + height : n;
    }
};

// into[column] += sum over parts; parts [P, D].
extern "C" __global__ void add_parts(const float* parts, float* into, int p, int d) {
    i64 column = place();
    if (column >= d) {
        return;
    }
    float sum = 0;
    for (int part = 0; part < p; part++) {
        sum += parts[(i64)part * d + column];
    }
    into[column] += sum;
}
ENTRY(add_parts)
