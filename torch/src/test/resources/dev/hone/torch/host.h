// Lets the CUDA sources compile for the host and run there, so that tests without a card execute what a card would. The
// threads of a block are coroutines that take turns; where they meet, at a barrier or in a shuffle, the others go on first.

#include <math.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>
#include <utility>

#define __global__
#define __constant__ static const
#define __shared__ static
#define INLINE inline

struct Dim {
    unsigned x;
};

static Dim threadIdx, blockIdx, blockDim, gridDim;

namespace host {

const int MOST_THREADS = 1024;
const int STACK = 64 << 10;
const int LATE = 64; // shuffles by which a thread may be behind another

struct Thread {
    ucontext_t context;
    bool done;
    unsigned posted;   // shuffles that this thread has entered
    float value[LATE]; // what it gave to the last ones
};

static Thread threads[MOST_THREADS];
static char stacks[MOST_THREADS][STACK];
static ucontext_t scheduler;
static unsigned current;
static int alive, waiting; // threads that are not done, and those of them at a barrier
static unsigned barriers;  // that all have passed
static void (*body)(void**);
static void** arguments;

inline void yield() {
    unsigned self = current;
    swapcontext(&threads[self].context, &scheduler);
}

inline void release() {
    if (waiting == alive) {
        waiting = 0;
        barriers++;
    }
}

inline void entry() {
    body(arguments);
    threads[current].done = true;
    alive--;
    release();
    yield();
}

template <class... A, size_t... I>
void callWith(void (*kernel)(A...), void** p, std::index_sequence<I...>) {
    kernel(*static_cast<A*>(p[I])...);
}

template <class... A>
void call(void (*kernel)(A...), void** p) {
    callWith(kernel, p, std::index_sequence_for<A...>());
}

} // namespace host

#define ENTRY(name)                                  \
    extern "C" void host_##name(void** p) {          \
        host::call(name, p);                         \
    }

inline void __syncthreads() {
    unsigned passed = host::barriers;
    host::waiting++;
    host::release();
    while (host::barriers == passed) {
        host::yield();
    }
}

inline float __shfl_xor_sync(unsigned, float x, int mask) {
    unsigned self = host::current, other = self / 32 * 32 + ((self % 32) ^ mask);
    unsigned turn = host::threads[self].posted++;
    host::threads[self].value[turn % host::LATE] = x;
    while (host::threads[other].posted <= turn) {
        host::yield();
    }
    return host::threads[other].value[turn % host::LATE];
}

inline float __uint_as_float(unsigned bits) {
    float x;
    memcpy(&x, &bits, 4);
    return x;
}

inline unsigned __float_as_uint(float x) {
    unsigned bits;
    memcpy(&bits, &x, 4);
    return bits;
}

// The host's compiler is told not to fuse products and sums.
inline float __fmul_rn(float a, float b) {
    return a * b;
}

inline float __fadd_rn(float a, float b) {
    return a + b;
}

inline float __fdiv_rn(float a, float b) {
    return a / b;
}

inline float __fsqrt_rn(float a) {
    return sqrtf(a);
}

// Runs a kernel block by block.
extern "C" int host_launch(void (*kernel)(void**), int blocks, int count, void** p) {
    using namespace host;
    body = kernel;
    arguments = p;
    blockDim.x = count;
    gridDim.x = blocks;
    for (int block = 0; block < blocks; block++) {
        blockIdx.x = block;
        for (int i = 0; i < count; i++) {
            getcontext(&threads[i].context);
            threads[i].context.uc_stack.ss_sp = stacks[i];
            threads[i].context.uc_stack.ss_size = STACK;
            threads[i].context.uc_link = 0;
            threads[i].done = false;
            threads[i].posted = 0;
            makecontext(&threads[i].context, entry, 0);
        }
        alive = count;
        waiting = 0;
        while (alive > 0) {
            for (int i = 0; i < count; i++) {
                if (!threads[i].done) {
                    current = i;
                    threadIdx.x = i;
                    swapcontext(&scheduler, &threads[i].context);
                }
            }
        }
    }
    return 0;
}
