// Softmax over rows: of attention scores in tiles, and of logits for the log-probability of a target. A block has a row.

// A maximum m and the sum s of exp(x - m), of what a thread has seen and then of the block.
struct Partition {
    float m;
    float s;

    INLINE Partition() : m(-INFINITY), s(0) {}

    INLINE void see(float x) {
        if (x == -INFINITY) {
            return;
        }
        if (x > m) {
            s *= expf(m - x);
            m = x;
        }
        s += expf(x - m);
    }

    // What the whole block has seen: afterwards m is the largest, and the result log of the sum of exp(x - m).
    INLINE float logSum() {
        float most = blockMax(m);
        float sum = blockSum(m == -INFINITY ? 0 : s * expf(m - most));
        m = most;
        return logf(sum);
    }
};

// The columns [from, to) that a row of a tile sees.
struct Visible {
    int from;
    int to;

    INLINE Visible(i64 row, int firstQuery, int queries, int firstKey, int keys, int window) {
        i64 position = firstQuery + row % queries;
        from = window <= 0 ? 0 : clamped(position - window + 1 - firstKey, keys);
        to = clamped(position + 1 - firstKey, keys);
    }

    INLINE static int clamped(i64 x, int most) {
        return x < 0 ? 0 : x > most ? most : (int)x;
    }

    INLINE bool holds(int column) const {
        return column >= from && column < to;
    }
};

// Softmax of scale * scores over each row's visible columns, in place; invisible ones become 0. lse [rows].
template <class T>
INLINE void attention_softmax(T* scores, float* lse, float scale, int firstQuery, int queries, int firstKey, int keys, int window) {
    i64 row = blockIdx.x;
    Visible visible(row, firstQuery, queries, firstKey, keys, window);
    scores += row * keys;
    Partition partition;
    for (int i = visible.from + threadIdx.x; i < visible.to; i += blockDim.x) {
        partition.see(scale * widen(scores[i]));
    }
    float sum = partition.logSum();
    sum += partition.m;
    for (int i = threadIdx.x; i < keys; i += blockDim.x) {
        put(scores + i, visible.holds(i) ? expf(scale * widen(scores[i]) - sum) : 0);
    }
    if (threadIdx.x == 0) {
        lse[row] = sum;
    }
}

KERNEL(attention_softmax,
       (T* scores, float* lse, float scale, int firstQuery, int queries, int firstKey, int keys, int window),
       (scores, lse, scale, firstQuery, queries, firstKey, keys, window))

// scores becomes p = exp(scale * scores - lse), dProbs becomes scale * p * (dProbs - delta); both 0 at invisible columns.
template <class T>
INLINE void attention_softmax_backward(T* scores, T* dProbs, const float* lse, const float* delta, float scale,
                                       int firstQuery, int queries, int firstKey, int keys, int window) {
    i64 row = blockIdx.x;
    Visible visible(row, firstQuery, queries, firstKey, keys, window);
    scores += row * keys;
    dProbs += row * keys;
    for (int i = threadIdx.x; i < keys; i += blockDim.x) {
        float p = visible.holds(i) ? expf(scale * widen(scores[i]) - lse[row]) : 0;
        put(dProbs + i, visible.holds(i) ? scale * p * (widen(dProbs[i]) - delta[row]) : 0);
        put(scores + i, p);
    }
}

KERNEL(attention_softmax_backward,
       (T* scores, T* dProbs, const float* lse, const float* delta, float scale, int firstQuery, int queries, int firstKey,
        int keys, int window),
       (scores, dProbs, lse, delta, scale, firstQuery, queries, firstKey, keys, window))

// out[n] = sum over the last axis of a * b; a warp has a row.
template <class T>
INLINE void row_dots(const T* a, const T* b, float* out, i64 n, int e) {
    i64 row = place() / 32;
    if (row >= n) {
        return;
    }
    float sum = 0;
    for (int i = threadIdx.x % 32; i < e; i += 32) {
        sum += widen(a[row * e + i]) * widen(b[row * e + i]);
    }
    sum = warpSum(sum);
    if (threadIdx.x % 32 == 0) {
        out[row] = sum;
    }
}

KERNEL(row_dots, (const T* a, const T* b, float* out, i64 n, int e), (a, b, out, n, e))

// logProbs[n] = logits[n, targets[n]] - lse[n]; logits [N, V].
template <class T>
INLINE void token_log_probs(const T* logits, const i64* targets, float* logProbs, float* lse, int v) {
    i64 row = blockIdx.x;
    logits += row * v;
    int eights = v % 8 == 0 && aligned(logits) ? v / 8 : 0;
    Partition partition;
    for (int i = threadIdx.x; i < eights; i += blockDim.x) {
        float x[8];
        load8(logits + 8 * i, x);
        float most = x[0];
#pragma unroll
        for (int k = 1; k < 8; k++) {
            most = fmaxf(most, x[k]);
        }
        if (most > partition.m) {
            partition.s *= expf(partition.m - most);
            partition.m = most;
        }
        if (partition.m > -INFINITY) {
#pragma unroll
            for (int k = 0; k < 8; k++) {
                partition.s += expf(x[k] - partition.m);
            }
        }
    }
    for (int i = 8 * eights + threadIdx.x; i < v; i += blockDim.x) {
        partition.see(widen(logits[i]));
    }
    float logSum = partition.logSum();
    if (threadIdx.x == 0) {
        lse[row] = partition.m + logSum;
        logProbs[row] = widen(logits[targets[row]]) - partition.m - logSum;
    }
}

KERNEL(token_log_probs,
       (const T* logits, const i64* targets, float* logProbs, float* lse, int v),
       (logits, targets, logProbs, lse, v))

// In place: logits becomes d[n] * (onehot(targets[n]) - softmax(logits[n])).
template <class T>
INLINE void token_log_probs_backward(T* logits, const i64* targets, const float* lse, const float* d, int v) {
    i64 row = blockIdx.x;
    logits += row * v;
    int target = (int)targets[row];
    float sum = lse[row], dRow = d[row];
    int eights = v % 8 == 0 && aligned(logits) ? v / 8 : 0;
    for (int i = threadIdx.x; i < eights; i += blockDim.x) {
        float x[8];
        load8(logits + 8 * i, x);
#pragma unroll
        for (int k = 0; k < 8; k++) {
            x[k] = dRow * ((8 * i + k == target ? 1 : 0) - expf(x[k] - sum));
        }
        store8(logits + 8 * i, x);
    }
    for (int i = 8 * eights + threadIdx.x; i < v; i += blockDim.x) {
        put(logits + i, dRow * ((i == target ? 1 : 0) - expf(widen(logits[i]) - sum)));
    }
}

KERNEL(token_log_probs_backward,
       (T* logits, const i64* targets, const float* lse, const float* d, int v),
       (logits, targets, lse, d, v))
