// Matrices in fewer bits. CODES holds the 16 values of 4-bit NormalFloat; Java writes it in front of these files. Products and
// sums whose rounding is part of a format are spelled __fmul_rn and __fadd_rn, so that no compiler fuses them.

// The scale of a block of 64: plain where `absmax` is given, else in 8 bits.
struct Nf4Scales {
    const float* absmax;
    const u8* codes;
    const float* nested;
    const float* map;
    float offset;

    INLINE float of(i64 block) const {
        return absmax != 0
            ? absmax[block]
            : __fadd_rn(__fmul_rn(map[codes[block]], nested[block / 256]), offset);
    }
};

// out = the matrix of n elements in full. A thread writes 8 elements at a time. The table of codes is laid out so that each
// lane of a warp reads a bank of its own.
template <class T>
INLINE void nf4_dequantize(const u8* packed, Nf4Scales scales, T* out, i64 n) {
    __shared__ float table[16 * 32];
    for (int i = threadIdx.x; i < 16 * 32; i += blockDim.x) {
        table[i] = CODES[i / 32];
    }
    __syncthreads();
    const float* lane = table + threadIdx.x % 32;
    for (i64 i = place(); i < n / 8; i += places()) {
        float scale = scales.of(i / 8);
        u32 four = reinterpret_cast<const u32*>(packed)[i];
        float x[8];
#pragma unroll
        for (int k = 0; k < 4; k++) {
            x[2 * k] = __fmul_rn(lane[32 * (four >> (8 * k + 4) & 15)], scale);
            x[2 * k + 1] = __fmul_rn(lane[32 * (four >> (8 * k) & 15)], scale);
        }
        store8(out + 8 * i, x);
    }
}

KERNEL(nf4_dequantize,
       (const u8* packed, const float* absmax, const u8* codes, const float* nested, const float* map, float offset, T* out,
        i64 n),
       (packed, Nf4Scales{absmax, codes, nested, map, offset}, out, n))

// out = a matrix [.., d] in 8 bits by rows, of n elements, in full: (element * absmax[row]) / 127.
template <class T>
INLINE void int8_dequantize(const signed char* elements, const float* absmax, T* out, i64 n, int d, float step) {
    i64 eights = d % 8 == 0 && aligned(out) ? n / 8 : 0;
    for (i64 i = place(); i < eights; i += places()) {
        float scale = absmax[8 * i / d];
        Eight<signed char> packed = reinterpret_cast<const Eight<signed char>*>(elements)[i];
        float x[8];
#pragma unroll
        for (int k = 0; k < 8; k++) {
            x[k] = __fmul_rn(__fmul_rn((float)packed.of[k], scale), step);
        }
        store8(out + 8 * i, x);
    }
    for (i64 i = 8 * eights + place(); i < n; i += places()) {
        put(out + i, __fmul_rn(__fmul_rn((float)elements[i], absmax[i / d]), step));
    }
}

KERNEL(int8_dequantize,
       (const signed char* elements, const float* absmax, T* out, i64 n, int d, float step),
       (elements, absmax, out, n, d, step))
