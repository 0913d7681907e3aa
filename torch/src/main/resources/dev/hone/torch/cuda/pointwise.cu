// Rotary positions, gated activations, factors of columns, dropout and noise.

// Turns the pairs (a, b) of halves of each head by its token's angles, in place: (a cos - b sin, b cos + a sin).
// x [T, H, E], of whose E the first 2 half turn; cos, sin [T, half]; sign is -1 for the inverse.
template <class T>
INLINE void rope(T* x, const float* cosines, const float* sines, i64 tokens, int heads, int e, int half, float sign) {
    int run = half % 8 == 0 && e % 8 == 0 && aligned(x) && aligned(cosines) && aligned(sines) ? 8 : 1;
    int runs = half / run;
    for (i64 at = place(); at < tokens * heads * runs; at += places()) {
        int i = at % runs * run;
        i64 head = at / runs;
        T* a = x + head * e + i;
        T* b = a + half;
        const float* c = cosines + head / heads * half + i;
        const float* s = sines + head / heads * half + i;
        if (run == 8) {
            float av[8], bv[8], cv[8], sv[8], turned[8];
            load8(a, av);
            load8(b, bv);
            load8(c, cv);
            load8(s, sv);
#pragma unroll
            for (int k = 0; k < 8; k++) {
                turned[k] = av[k] * cv[k] - sign * (bv[k] * sv[k]);
                bv[k] = bv[k] * cv[k] + sign * (av[k] * sv[k]);
            }
            store8(a, turned);
            store8(b, bv);
        } else {
            float av = widen(*a), bv = widen(*b);
            put(a, av * *c - sign * (bv * *s));
            put(b, bv * *c + sign * (av * *s));
        }
    }
}

KERNEL(rope,
       (T* x, const float* cosines, const float* sines, i64 tokens, int heads, int e, int half, float sign),
       (x, cosines, sines, tokens, heads, e, half, sign))

// act(x) / x and the derivative of act; `gelu` chooses GELU in its tanh form, else SiLU.
INLINE float slope(bool gelu, float x) {
    if (gelu) {
        return 0.5f + 0.5f * tanhf(0.7978845608028654f * (x + 0.044715f * x * x * x));
    }
    return 1 / (1 + expf(-x));
}

INLINE float derivative(bool gelu, float x, float s) {
    float inner = gelu ? 2 * 0.7978845608028654f * (1 + 3 * 0.044715f * x * x) : 1;
    return s + x * s * (1 - s) * inner;
}

// out = act(gate) * up.
template <class T>
INLINE void gated_activation(const T* gate, const T* up, T* out, i64 n, int gelu) {
    i64 eights = aligned(gate) && aligned(up) && aligned(out) ? n / 8 : 0;
    for (i64 i = place(); i < eights; i += places()) {
        float g[8], u[8];
        load8(gate + 8 * i, g);
        load8(up + 8 * i, u);
#pragma unroll
        for (int k = 0; k < 8; k++) {
            u[k] *= g[k] * slope(gelu, g[k]);
        }
        store8(out + 8 * i, u);
    }
    for (i64 i = 8 * eights + place(); i < n; i += places()) {
        float g = widen(gate[i]);
        put(out + i, g * slope(gelu, g) * widen(up[i]));
    }
}

KERNEL(gated_activation, (const T* gate, const T* up, T* out, i64 n, int gelu), (gate, up, out, n, gelu))

// dUp = dOut * act(gate), dGate = dOut * up * act'(gate); they may lie where up and gate do.
template <class T>
INLINE void gated_activation_backward(const T* dOut, const T* gate, const T* up, T* dGate, T* dUp, i64 n, int gelu) {
    i64 eights = aligned(dOut) && aligned(gate) && aligned(up) && aligned(dGate) && aligned(dUp) ? n / 8 : 0;
    for (i64 i = place(); i < eights; i += places()) {
        float d[8], g[8], u[8];
        load8(dOut + 8 * i, d);
        load8(gate + 8 * i, g);
        load8(up + 8 * i, u);
#pragma unroll
        for (int k = 0; k < 8; k++) {
            float s = slope(gelu, g[k]);
            u[k] *= d[k] * derivative(gelu, g[k], s);
            d[k] *= g[k] * s;
        }
        store8(dGate + 8 * i, u);
        store8(dUp + 8 * i, d);
    }
    for (i64 i = 8 * eights + place(); i < n; i += places()) {
        float d = widen(dOut[i]), g = widen(gate[i]), u = widen(up[i]);
        float s = slope(gelu, g);
        put(dGate + i, d * u * derivative(gelu, g, s));
        put(dUp + i, d * (g * s));
    }
}

KERNEL(gated_activation_backward,
       (const T* dOut, const T* gate, const T* up, T* dGate, T* dUp, i64 n, int gelu),
       (dOut, gate, up, dGate, dUp, n, gelu))

// out = x / (1 - p) where 24 random bits are below keptOf2To24, else 0.
template <class T>
INLINE void dropout(const T* x, T* out, i64 n, u64 seed, u32 keptOf2To24, float factor) {
    for (i64 i = place(); 8 * i < n; i += places()) {
        u64 key = runKey(seed, 8 * i / 1024);
        for (i64 k = 8 * i; k < 8 * i + 8 && k < n; k++) {
            bool kept = randomBits(key, (u32)(k % 1024)) >> 8 < keptOf2To24;
            put(out + k, kept ? widen(x[k]) * factor : 0);
        }
    }
}

KERNEL(dropout, (const T* x, T* out, i64 n, u64 seed, u32 keptOf2To24, float factor), (x, out, n, seed, keptOf2To24, factor))

// x[n, d] += bounds[n] * z, z evenly spread over [-1, 1) by 24 random bits; a row of x [N, D] is a run. A block has a row.
template <class T>
INLINE void add_noise(T* x, const float* bounds, u64 seed, int d) {
    i64 row = blockIdx.x;
    u64 key = runKey(seed, row);
    float step = 1.1920928955078125e-7f * bounds[row];
    for (int i = threadIdx.x; i < d; i += blockDim.x) {
        float noise = fmaf((float)(randomBits(key, i) >> 8), step, -bounds[row]);
        put(x + row * d + i, noise + widen(x[row * d + i]));
    }
}

KERNEL(add_noise, (T* x, const float* bounds, u64 seed, int d), (x, bounds, seed, d))

// into[index[n], :] += rows[n, :]. A block has all rows of the same index and adds them in their order: the block of the
// first of them.
template <class T>
INLINE void add_rows(const T* rows, const i64* index, float* into, i64 n, int d) {
    __shared__ bool same[256];
    i64 first = blockIdx.x, to = index[first];
    bool earlier = false;
    for (i64 i = threadIdx.x; i < first && !earlier; i += blockDim.x) {
        earlier = index[i] == to;
    }
    if (blockSum(earlier) > 0) {
        return;
    }
    for (i64 from = first; from < n; from += blockDim.x) {
        same[threadIdx.x] = from + threadIdx.x < n && index[from + threadIdx.x] == to;
        __syncthreads();
        for (int k = 0; k < blockDim.x; k++) {
            for (int i = threadIdx.x; same[k] && i < d; i += blockDim.x) {
                into[to * d + i] += widen(rows[(from + k) * d + i]);
            }
        }
        __syncthreads();
    }
}

KERNEL(add_rows, (const T* rows, const i64* index, float* into, i64 n, int d), (rows, index, into, n, d))

// out[n, d] = x[n, d] * factors[d].
template <class T>
INLINE void scale_columns(const T* x, const float* factors, T* out, i64 n, int d) {
    for (i64 i = place(); i < n; i += places()) {
        put(out + i, widen(x[i]) * factors[i % d]);
    }
}

KERNEL(scale_columns, (const T* x, const float* factors, T* out, i64 n, int d), (x, factors, out, n, d))

// dX = dOut * factors, and of each part of `height` rows the sums of dOut * x: parts [P, D]. A block has 256 columns of a
// part.
template <class T>
INLINE void scale_columns_backward(const T* dOut, const T* x, const float* factors, T* dX, float* parts, i64 n, int d,
                                   int height) {
    Stripe stripe(n, d, height);
    if (stripe.column >= d) {
        return;
    }
    float sum = 0, factor = factors[stripe.column];
    for (i64 row = stripe.from; row < stripe.to; row++) {
        i64 at = row * d + stripe.column;
        float g = widen(dOut[at]);
        sum += g * widen(x[at]);
        put(dX + at, g * factor);
    }
    parts[stripe.part * d + stripe.column] = sum;
}

KERNEL(scale_columns_backward,
       (const T* dOut, const T* x, const float* factors, T* dX, float* parts, i64 n, int d, int height),
       (dOut, x, factors, dX, parts, n, d, height))
