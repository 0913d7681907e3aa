// Root-mean-square norm of rows. Short rows have a warp each, long ones a block.

// The threads that share a row: how many, this one's number, and the row; rows of a warp are the block's next to each other.
struct RowShare {
    bool warp;
    int threads;
    int thread;
    i64 row;

    INLINE RowShare(int d)
        : warp(d <= 1024),
          threads(warp ? 32 : blockDim.x),
          thread(warp ? threadIdx.x % 32 : threadIdx.x),
          row(warp ? (i64)blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32 : blockIdx.x) {}

    INLINE float sum(float x) const {
        return warp ? warpSum(x) : blockSum(x);
    }
};

// out = x * rstd * weight, rstd = 1 / sqrt(mean(x^2) + eps). x, out [N, D]; rstd [N] or null.
template <class T>
INLINE void rms_norm(const T* x, const T* weight, float eps, T* out, float* rstd, i64 n, int d) {
    RowShare share(d);
    if (share.row >= n) {
        return;
    }
    x += share.row * d;
    out += share.row * d;
    bool eights = d % 8 == 0 && aligned(x) && aligned(weight) && aligned(out);
    float squares = 0;
    if (eights) {
        for (int i = 8 * share.thread; i < d; i += 8 * share.threads) {
            float v[8];
            load8(x + i, v);
#pragma unroll
            for (int k = 0; k < 8; k++) {
                squares += v[k] * v[k];
            }
        }
    } else {
        for (int i = share.thread; i < d; i += share.threads) {
            float v = widen(x[i]);
            squares += v * v;
        }
    }
    float scale = 1 / sqrtf(share.sum(squares) / d + eps);
    if (rstd != 0 && share.thread == 0) {
        rstd[share.row] = scale;
    }
    if (eights) {
        for (int i = 8 * share.thread; i < d; i += 8 * share.threads) {
            float v[8], w[8];
            load8(x + i, v);
            load8(weight + i, w);
#pragma unroll
            for (int k = 0; k < 8; k++) {
                v[k] *= scale * w[k];
            }
            store8(out + i, v);
        }
    } else {
        for (int i = share.thread; i < d; i += share.threads) {
            put(out + i, widen(x[i]) * scale * widen(weight[i]));
        }
    }
}

KERNEL(rms_norm, (const T* x, const T* weight, float eps, T* out, float* rstd, i64 n, int d), (x, weight, eps, out, rstd, n, d))

// dX += rstd * (g - xhat * mean(g * xhat)), g = dOut * weight, xhat = x * rstd.
template <class T>
INLINE void rms_norm_backward(const T* dOut, const T* x, const T* weight, const float* rstd, T* dX, i64 n, int d) {
    RowShare share(d);
    if (share.row >= n) {
        return;
    }
    dOut += share.row * d;
    x += share.row * d;
    dX += share.row * d;
    float scale = rstd[share.row];
    bool eights = d % 8 == 0 && aligned(dOut) && aligned(x) && aligned(weight) && aligned(dX);
    float dot = 0;
    if (eights) {
        for (int i = 8 * share.thread; i < d; i += 8 * share.threads) {
            float g[8], v[8], w[8];
            load8(dOut + i, g);
            load8(x + i, v);
            load8(weight + i, w);
#pragma unroll
            for (int k = 0; k < 8; k++) {
                dot += g[k] * w[k] * (v[k] * scale);
            }
        }
    } else {
        for (int i = share.thread; i < d; i += share.threads) {
            dot += widen(dOut[i]) * widen(weight[i]) * (widen(x[i]) * scale);
        }
    }
    float mean = share.sum(dot) / d;
    if (eights) {
        for (int i = 8 * share.thread; i < d; i += 8 * share.threads) {
            float g[8], v[8], w[8], sum[8];
            load8(dOut + i, g);
            load8(x + i, v);
            load8(weight + i, w);
            load8(dX + i, sum);
#pragma unroll
            for (int k = 0; k < 8; k++) {
                sum[k] += scale * (g[k] * w[k] - v[k] * scale * mean);
            }
            store8(dX + i, sum);
        }
    } else {
        for (int i = share.thread; i < d; i += share.threads) {
            float change = scale * (widen(dOut[i]) * widen(weight[i]) - widen(x[i]) * scale * mean);
            put(dX + i, widen(dX[i]) + change);
        }
    }
}

KERNEL(rms_norm_backward,
       (const T* dOut, const T* x, const T* weight, const float* rstd, T* dX, i64 n, int d),
       (dOut, x, weight, rstd, dX, n, d))

// parts[p, column] = sum over the rows of part p of dOut * xhat.
template <class T>
INLINE void rms_norm_weight_parts(const T* dOut, const T* x, const float* rstd, float* parts, i64 n, int d, int height) {
    Stripe stripe(n, d, height);
    if (stripe.column >= d) {
        return;
    }
    float sum = 0;
    for (i64 row = stripe.from; row < stripe.to; row++) {
        i64 at = row * d + stripe.column;
        sum += widen(dOut[at]) * (widen(x[at]) * rstd[row]);
    }
    parts[stripe.part * d + stripe.column] = sum;
}

KERNEL(rms_norm_weight_parts,
       (const T* dOut, const T* x, const float* rstd, float* parts, i64 n, int d, int height),
       (dOut, x, rstd, parts, n, d, height))
