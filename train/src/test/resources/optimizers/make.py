"""Makes optimizers.safetensors: ten steps of each optimizer on three tensors.

AdamW, Adafactor and Muon are those of torch.optim; 8-bit AdamW, Lion and schedule-free AdamW are written here from the
papers' formulas and from how bitsandbytes stores moments. Run with torch 2.13: python make.py
"""

import numpy as np
import torch
from safetensors.torch import save_file

STEPS = 10
SHAPES = {"wide": (61, 70), "tall": (70, 24), "vector": (50,)}
DECAY = 0.1
BLOCK = 256

torch.set_num_threads(1)
random = torch.Generator().manual_seed(7)


def normal(shape, deviation):
    return torch.randn(shape, generator=random) * deviation


start = {name: normal(shape, 0.5) for name, shape in SHAPES.items()}
# Some elements never have a gradient, as those of dead inputs; others are of many sizes.
dead = {name: torch.rand(shape, generator=random) < 0.05 for name, shape in SHAPES.items()}
gradients = []
for step in range(STEPS):
    gradient = {}
    for name, shape in SHAPES.items():
        size = 10 ** (2 * torch.rand(shape[:1] + (1,) * (len(shape) - 1), generator=random) - 2)
        gradient[name] = (normal(shape, 1) * size).masked_fill(dead[name], 0)
    gradients.append(gradient)

out = {f"start.{name}": value for name, value in start.items()}
for step, gradient in enumerate(gradients):
    out.update({f"gradient.{step}.{name}": value for name, value in gradient.items()})


def decay_of(name):
    return DECAY if len(SHAPES[name]) > 1 else 0.0


def with_torch(label, make, names):
    parameters = {name: torch.nn.Parameter(start[name].clone()) for name in names}
    groups = [{"params": [p], "weight_decay": decay_of(name)} for name, p in parameters.items()]
    optimizer = make(groups)
    for gradient in gradients:
        for name, p in parameters.items():
            p.grad = gradient[name].clone()
        optimizer.step()
    out.update({f"{label}.{name}": p.detach().clone() for name, p in parameters.items()})


ALL = list(SHAPES)
with_torch("adamw", lambda g: torch.optim.AdamW(g, lr=1e-2, betas=(0.9, 0.99), eps=1e-8), ALL)
with_torch("adafactor", lambda g: torch.optim.Adafactor(g, lr=1e-2), ALL)
with_torch("adafactor_relative", lambda g: torch.optim.Adafactor(g, lr=0.5), ALL)
with_torch(
    "muon",
    lambda g: torch.optim.Muon(g, lr=1e-2, momentum=0.95, adjust_lr_fn="match_rms_adamw"),
    ["wide", "tall"],
)


def with_numpy(label, update, names=ALL):
    for name in names:
        result = update(name, [g[name].numpy().reshape(-1) for g in gradients])
        for suffix, value in result.items():
            key = f"{label}.{name}{suffix}"
            tensor = torch.from_numpy(np.ascontiguousarray(value))
            out[key] = tensor.reshape(SHAPES[name]) if tensor.numel() == start[name].numel() else tensor


def lion(name, gs, rate=1e-2, beta1=0.9, beta2=0.99):
    p = start[name].numpy().reshape(-1).astype(np.float64)
    m = np.zeros_like(p)
    for g in gs:
        p = p * (1 - rate * decay_of(name)) - rate * np.sign(beta1 * m + (1 - beta1) * g)
        m = beta2 * m + (1 - beta2) * g
    return {"": p.astype(np.float32)}


def muon_exact(name, gs, rate=1e-2, momentum=0.95):
    """torch.optim.Muon in fp64 throughout."""
    shape = SHAPES[name]
    p = start[name].numpy().astype(np.float64)
    m = np.zeros_like(p)
    for g in gs:
        g = g.reshape(shape).astype(np.float64)
        m = momentum * m + (1 - momentum) * g
        x = (1 - momentum) * g + momentum * m
        x = x / np.linalg.norm(x)
        for _ in range(5):
            s = x @ x.T
            x = 3.4445 * x + (-4.7750 * s + 2.0315 * s @ s) @ x
        p = p * (1 - rate * decay_of(name)) - rate * 0.2 * np.sqrt(max(shape)) * x
    return {"": p.astype(np.float32)}


def schedule_free(name, gs, rate=1e-2, beta1=0.9, beta2=0.99, eps=1e-8, warmup=4):
    """Algorithm 1 of arXiv 2405.15682, with x, y and z as they stand there."""
    x = start[name].numpy().reshape(-1).astype(np.float64)
    y = x.copy()
    z = x.copy()
    v = np.zeros_like(x)
    squares = 0
    for t, g in enumerate(gs, start=1):
        g = g.astype(np.float64)
        v = beta2 * v + (1 - beta2) * g * g
        gamma = rate * np.sqrt(1 - beta2**t) * min(1, t / warmup)
        z = z - gamma * g / (np.sqrt(v) + eps) - gamma * decay_of(name) * y
        squares += gamma**2
        c = gamma**2 / squares
        x = (1 - c) * x + c * z
        y = (1 - beta1) * z + beta1 * x
    return {"": y.astype(np.float32), ".x": x.astype(np.float32)}


def dynamic_map(signed):
    """The values of bitsandbytes' create_dynamic_map."""
    values = [0.0, 1.0]
    for i in range(7):
        borders = torch.linspace(0.1, 1, (2**i if signed else 2 ** (i + 1)) + 1, dtype=torch.float32)
        middles = (10 ** (i - 6) * ((borders[:-1] + borders[1:]) / 2)).tolist()
        values += middles + ([-m for m in middles] if signed else [])
    return np.array(sorted(values), dtype=np.float32)


MAPS = {True: dynamic_map(True), False: dynamic_map(False)}


def quantize(values, signed):
    codes, scales = [], []
    table = MAPS[signed]
    middles = (table[:-1] + table[1:]) * np.float32(0.5)
    for at in range(0, len(values), BLOCK):
        block = values[at : at + BLOCK]
        scale = np.abs(block).max()
        x = block / (scale if scale > 0 else np.float32(1))
        code = np.searchsorted(middles, x, side="left")  # of two as near, the lower
        tie = (code < 255) & (x == middles[np.minimum(code, 254)]) & (code % 2 == 1)
        code = code + tie  # of two as near, the even one
        code = np.where(signed & (x < 0) & (table[code] == 0), code - 1, code)  # the sign stays
        codes.append(code.astype(np.uint8))
        scales.append(scale)
    return np.concatenate(codes), np.array(scales, dtype=np.float32)


def dequantize(codes, scales, signed):
    return MAPS[signed][codes] * np.repeat(scales, BLOCK)[: len(codes)]


def adamw_8bit(name, gs, rate=1e-2, beta1=0.9, beta2=0.99, eps=1e-8):
    f = np.float32
    p = start[name].numpy().reshape(-1).copy()
    small = len(p) < 4096
    m = (np.zeros_like(p), None) if small else quantize(np.zeros_like(p), True)
    v = (np.zeros_like(p), None) if small else quantize(np.zeros_like(p), False)
    for t, g in enumerate(gs, start=1):
        first = m[0] if small else dequantize(*m, True)
        second = v[0] if small else dequantize(*v, False)
        first = f(beta1) * first + f(1 - beta1) * g
        second = f(beta2) * second + f(1 - beta2) * g * g
        p = p * f(1 - rate * decay_of(name)) + f(-rate / (1 - beta1**t)) * (
            first / (np.sqrt(second) * f(1 / np.sqrt(1 - beta2**t)) + f(eps))
        )
        m = (first, None) if small else quantize(first, True)
        v = (second, None) if small else quantize(second, False)
    states = {} if small else {".m": m[0], ".m.absmax": m[1], ".v": v[0], ".v.absmax": v[1]}
    return {"": p, **states}


with_numpy("lion", lion)
with_numpy("muon_exact", muon_exact, ["wide", "tall"])
with_numpy("schedule_free_adamw", schedule_free)
with_numpy("adamw_8bit", adamw_8bit)
out["map.signed"] = torch.from_numpy(MAPS[True])
out["map.unsigned"] = torch.from_numpy(MAPS[False])
save_file({name: value.contiguous() for name, value in out.items()}, "optimizers.safetensors")
