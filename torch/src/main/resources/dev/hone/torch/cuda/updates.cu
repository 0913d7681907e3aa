// One optimizer step of many parameters by one kernel, by the rules of the Java sources and to the bits of the processor's
// kernels. A block has a run of 1024 elements of one parameter; states in 8 bits have whole blocks of 256 in it.

// A parameter. Without a master its weight is `value`, bf16, and rounded by chance; else `value` is a bf16 copy, or null.
struct Slot {
    i64 firstRun; // of all parameters' runs, as blocks are counted
    i64 elements;
    float* master;
    bf16* value;
    float* gradient;
    void* states[4];
    u64 chance; // where its runs begin among those of random bits
    float decay;
    float rate;
    float secondRate;
    float unused;
};

// The last of `count` rows in order that begins no later than this run.
template <class Row>
INLINE const Row* rowOf(i64 run, const Row* rows, int count) {
    int low = 0;
    for (int high = count; high - low > 1;) {
        int middle = (low + high) / 2;
        if (rows[middle].firstRun <= run) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return rows + low;
}

// Gives each element's weight and scaled gradient to the rule, which changes the weight and the states.
template <class Rule>
INLINE void update(const Slot* slots, int count, u64 seed, float gradientScale, Rule rule) {
    const Slot slot = *rowOf(blockIdx.x, slots, count);
    i64 run = blockIdx.x - slot.firstRun;
    u64 key = slot.master ? 0 : runKey(seed, slot.chance + run);
    for (int inRun = threadIdx.x; inRun < 1024; inRun += blockDim.x) {
        i64 i = 1024 * run + inRun;
        bool inside = i < slot.elements;
        float weight = !inside ? 0 : slot.master ? slot.master[i] : widen(slot.value[i]);
        float gradient = inside ? __fmul_rn(slot.gradient[i], gradientScale) : 0;
        rule.apply(slot, i, inside, &weight, gradient);
        if (!inside) {
            continue;
        }
        if (!slot.master) {
            slot.value[i].bits = (u16)((__float_as_uint(weight) + (randomBits(key, inRun) >> 16)) >> 16);
        } else {
            slot.master[i] = weight;
            if (slot.value) {
                put(slot.value + i, weight);
            }
        }
        slot.gradient[i] = 0;
    }
}

// m and v of the gradient; returns what is added to the weight.
struct Moments {
    float beta1, new1, beta2, new2, rootCorrection, eps;

    INLINE float move(const Slot& slot, float weight, float gradient, float* m, float* v) const {
        *m = fmaf(gradient, new1, __fmul_rn(*m, beta1));
        *v = fmaf(__fmul_rn(gradient, gradient), new2, __fmul_rn(*v, beta2));
        float root = __fadd_rn(__fmul_rn(__fsqrt_rn(*v), rootCorrection), eps);
        return fmaf(__fdiv_rn(*m, root), slot.rate, __fmul_rn(weight, slot.decay));
    }
};

struct AdamW {
    Moments moments;

    INLINE void apply(const Slot& slot, i64 i, bool inside, float* weight, float gradient) const {
        if (inside) {
            float* m = (float*)slot.states[0] + i;
            float* v = (float*)slot.states[1] + i;
            *weight = moments.move(slot, *weight, gradient, m, v);
        }
    }
};

extern "C" __global__ void adamw(const Slot* slots, int count, u64 seed, float gradientScale, float beta1, float new1,
                                 float beta2, float new2, float rootCorrection, float eps) {
    AdamW rule = {{beta1, new1, beta2, new2, rootCorrection, eps}};
    update(slots, count, seed, gradientScale, rule);
}
ENTRY(adamw)

// The same with moments in 8 bits. `map` [1024]: the values of codes of m, then the 255 bounds between them and one number
// more, then the same of v.
struct AdamW8Bit {
    Moments moments;
    const float* map;

    static INLINE float read(const float* map, const void* codes, const void* scales, i64 i) {
        return __fmul_rn(map[((const u8*)codes)[i]], ((const float*)scales)[i / 256]);
    }

    // A block's threads have the elements of one block of states, and share its scale.
    static INLINE void write(const float* map, float x, void* codes, void* scales, i64 i, bool inside) {
        float largest = blockMax(inside ? fabsf(x) : 0);
        if (!inside) {
            return;
        }
        if (i % 256 == 0) {
            ((float*)scales)[i / 256] = largest;
        }
        float share = __fdiv_rn(x, fmaxf(largest, 1.17549435e-38f));
        int code = 0;
        for (int half = 128; half > 0; half /= 2) {
            code += share > map[256 + code + half - 1] ? half : 0;
        }
        ((u8*)codes)[i] = (u8)code;
    }

    INLINE void apply(const Slot& slot, i64 i, bool inside, float* weight, float gradient) const {
        float m = 0, v = 0;
        if (inside) {
            m = read(map, slot.states[0], slot.states[1], i);
            v = read(map + 512, slot.states[2], slot.states[3], i);
            *weight = moments.move(slot, *weight, gradient, &m, &v);
        }
        __syncthreads(); // scales are read by all before they are written
        write(map, m, slot.states[0], slot.states[1], i, inside);
        write(map + 512, v, slot.states[2], slot.states[3], i, inside);
    }
};

extern "C" __global__ void adamw_8bit(const Slot* slots, int count, u64 seed, float gradientScale, float beta1, float new1,
                                      float beta2, float new2, float rootCorrection, float eps, const float* maps) {
    __shared__ float map[1024];
    for (int i = threadIdx.x; i < 1024; i += blockDim.x) {
        map[i] = maps[i];
    }
    __syncthreads();
    AdamW8Bit rule = {{beta1, new1, beta2, new2, rootCorrection, eps}, map};
    update(slots, count, seed, gradientScale, rule);
}
ENTRY(adamw_8bit)

// The weight is y; states z and v. A slot's decay is the weight decay, its rates those of y and of z.
struct ScheduleFree {
    float beta2, new2, eps, keep, average;

    INLINE void apply(const Slot& slot, i64 i, bool inside, float* weight, float gradient) const {
        if (inside) {
            float* z = (float*)slot.states[0] + i;
            float* v = (float*)slot.states[1] + i;
            *v = fmaf(__fmul_rn(gradient, gradient), new2, __fmul_rn(*v, beta2));
            float u = fmaf(*weight, slot.decay, __fdiv_rn(gradient, __fadd_rn(__fsqrt_rn(*v), eps)));
            *weight = fmaf(u, slot.rate, fmaf(*z, average, __fmul_rn(*weight, keep)));
            *z = fmaf(u, slot.secondRate, *z);
        }
    }
};

extern "C" __global__ void schedule_free(const Slot* slots, int count, u64 seed, float gradientScale, float beta2, float new2,
                                         float eps, float keep, float average) {
    ScheduleFree rule = {beta2, new2, eps, keep, average};
    update(slots, count, seed, gradientScale, rule);
}
ENTRY(schedule_free)

struct Lion {
    float beta1, new1, beta2, new2;

    INLINE void apply(const Slot& slot, i64 i, bool inside, float* weight, float gradient) const {
        if (inside) {
            float* m = (float*)slot.states[0] + i;
            float direction = fmaf(gradient, new1, __fmul_rn(*m, beta1));
            float change = direction > 0 ? slot.rate : direction < 0 ? -slot.rate : 0;
            *m = fmaf(gradient, new2, __fmul_rn(*m, beta2));
            *weight = __fadd_rn(__fmul_rn(*weight, slot.decay), change);
        }
    }
};

extern "C" __global__ void lion(const Slot* slots, int count, u64 seed, float gradientScale, float beta1, float new1,
                                float beta2, float new2) {
    Lion rule = {beta1, new1, beta2, new2};
    update(slots, count, seed, gradientScale, rule);
}
ENTRY(lion)

// A tensor whose squares are summed.
struct Span {
    i64 firstRun; // of 64 Ki elements
    i64 elements;
    const float* x;
};

// parts[block] = sum of x² over its runs of 64 Ki elements.
extern "C" __global__ void squares(const Span* spans, int count, i64 runs, float* parts) {
    float sum = 0;
    for (i64 run = blockIdx.x; run < runs; run += gridDim.x) {
        const Span span = *rowOf(run, spans, count);
        i64 from = (run - span.firstRun) << 16;
        i64 to = from + (1 << 16) < span.elements ? from + (1 << 16) : span.elements;
        for (i64 i = from + threadIdx.x; i < to; i += blockDim.x) {
            sum = fmaf(span.x[i], span.x[i], sum);
        }
    }
    sum = blockSum(sum);
    if (threadIdx.x == 0) {
        parts[blockIdx.x] = sum;
    }
}
ENTRY(squares)

// into[0] += sum over parts; one block.
extern "C" __global__ void add_up(const float* parts, float* into, i64 n) {
    float sum = 0;
    for (i64 i = threadIdx.x; i < n; i += blockDim.x) {
        sum += parts[i];
    }
    sum = blockSum(sum);
    if (threadIdx.x == 0) {
        into[0] += sum;
    }
}
ENTRY(add_up)
