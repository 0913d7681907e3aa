"""Makes the fixtures of this folder with PEFT; see README.md. Run in this folder."""

import json
import math
import os

import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
ADAMW = {"lr": 0.005, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.01, "max_grad_norm": 1.0}
DROPOUT = 0.25
DROPOUT_SEED = 12345
MASK64 = (1 << 64) - 1


def base(architecture):
    return AutoModelForCausalLM.from_pretrained(
        f"../goldens/{architecture}/model", dtype=torch.float32, attn_implementation="eager"
    )


def sequences(architecture):
    tensors = load_file(f"../goldens/{architecture}/golden.safetensors")
    return [(tensors[f"seq{s}.input_ids"], tensors[f"seq{s}.supervised"]) for s in range(2)]


def loss(model, batch):
    total, count = 0.0, 0
    for ids, supervised in batch:
        logits = model(input_ids=ids[None]).logits[0]
        wanted = supervised.reshape(len(ids), -1)[:, 0].bool().clone()
        wanted[0] = False
        at = wanted.nonzero()[:, 0]
        total = total + torch.nn.functional.cross_entropy(logits[at - 1], ids[at], reduction="sum")
        count += len(at)
    return total / count


def randomized(model, seed):
    torch.manual_seed(seed)
    for name, parameter in model.named_parameters():
        if "lora_A" in name or "lora_B" in name:
            parameter.data = torch.randn_like(parameter) * 0.05
        if "lora_magnitude_vector" in name:
            parameter.data = parameter.data * (1 + 0.1 * torch.randn_like(parameter))
    return model


def trainable(model):
    return {n: p for n, p in model.named_parameters() if p.requires_grad}


def plain(name):
    """The name under which PEFT saves a parameter."""
    name = name.replace(".default", "")
    return name[: -len(".weight")] if name.endswith("lora_magnitude_vector.weight") else name


def gradients(model, batch, prefix, out):
    model.zero_grad()
    value = loss(model, batch)
    value.backward()
    for name, parameter in trainable(model).items():
        out[prefix + plain(name)] = parameter.grad.clone()
    return float(value.detach())


def logits(model, batch, prefix, out):
    with torch.no_grad():
        for s, (ids, _) in enumerate(batch):
            out[f"seq{s}.{prefix}"] = model(input_ids=ids[None]).logits[0].clone()


def inputs(batch, out):
    for s, (ids, supervised) in enumerate(batch):
        out[f"seq{s}.input_ids"] = ids
        out[f"seq{s}.supervised"] = supervised


class Mask(torch.nn.Module):
    """Dropout with the bits of CpuRandom: SplitMix64 a run of 1024, then MurmurHash3's finalizer."""

    def __init__(self, seed):
        super().__init__()
        self.seed = seed

    def forward(self, x):
        keep = round((1 - DROPOUT) * (1 << 24))
        n = x.numel()
        mask = np.zeros(n, dtype=np.float32)
        for run in range(math.ceil(n / 1024)):
            z = (self.seed + 0x9E3779B97F4A7C15 * (run + 1)) & MASK64
            z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK64
            key = z ^ (z >> 31)
            place = np.arange(min(1024, n - 1024 * run), dtype=np.uint32)
            bits = finalized(place + np.uint32(key & 0xFFFFFFFF))
            bits = finalized(bits + np.uint32(key >> 32))
            mask[1024 * run : 1024 * run + len(place)] = (bits >> np.uint32(8)) < keep
        return x * torch.from_numpy(mask).view_as(x) / (1 - DROPOUT)


def finalized(h):
    with np.errstate(over="ignore"):
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        return h ^ (h >> np.uint32(16))


def seed_at(layer, place):
    """Pass.seedAt."""
    mixed = (DROPOUT_SEED + 0x9E3779B97F4A7C15 * (layer * 16 + place + 1)) & MASK64
    mixed = (mixed * 0xBF58476D1CE4E5B9) & MASK64
    return (mixed ^ (mixed >> 31)) | 1


def dora(architecture):
    folder = f"dora-{architecture}"
    batch = sequences(architecture)
    config = LoraConfig(
        r=4, lora_alpha=8, target_modules=TARGETS, use_dora=True, task_type="CAUSAL_LM"
    )
    model = randomized(get_peft_model(base(architecture), config), 3)
    model.eval()
    model.save_pretrained(f"{folder}/adapter")
    out, numbers = {}, {"peft": __import__("peft").__version__, "adamw": ADAMW}
    inputs(batch, out)
    logits(model, batch, "adapter_logits", out)
    numbers["adapter_loss"] = gradients(model, batch, "lora_grad.", out)

    for name, module in model.named_modules():
        if hasattr(module, "lora_dropout"):
            parts = name.split(".")
            place = TARGETS.index(parts[-1])
            module.lora_dropout["default"] = Mask(seed_at(int(parts[-3]), place))
    model.train()
    numbers["dropout"] = {"probability": DROPOUT, "seed": DROPOUT_SEED}
    numbers["dropout_loss"] = gradients(model, batch[:1], "dropout_grad.", out)
    for module in model.modules():
        if hasattr(module, "lora_dropout"):
            module.lora_dropout["default"] = torch.nn.Identity()
    model.eval()

    parameters = trainable(model)
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in parameters.values() if p.ndim > 1]},
            {"params": [p for p in parameters.values() if p.ndim == 1], "weight_decay": 0.0},
        ],
        lr=ADAMW["lr"],
        betas=ADAMW["betas"],
        eps=ADAMW["eps"],
        weight_decay=ADAMW["weight_decay"],
    )
    steps = []
    for _ in range(10):
        optimizer.zero_grad()
        value = loss(model, batch)
        value.backward()
        norm = torch.nn.utils.clip_grad_norm_(parameters.values(), ADAMW["max_grad_norm"])
        optimizer.step()
        steps.append([float(value.detach()), float(norm)])
    numbers["train_loss_and_grad_norm"] = steps
    logits(model, batch, "trained_logits", out)
    model.save_pretrained(f"{folder}/adapter_after_10_steps")
    write(folder, out, numbers)


def patterns(architecture):
    folder = f"patterns-{architecture}"
    batch = sequences(architecture)
    config = LoraConfig(
        r=4,
        lora_alpha=8,
        target_modules=TARGETS,
        rank_pattern={
            "q_proj": 8,
            r"layers\.1\.mlp\.(gate|up)_proj": 2,
            "^model.layers.0.self_attn.v_proj": 6,
            "self_attn.v_proj": 3,
            "proj": 1,
        },
        alpha_pattern={"down_proj": 20, r".*\.1\.self_attn\.[ko]_proj": 3},
        task_type="CAUSAL_LM",
    )
    model = randomized(get_peft_model(base(architecture), config), 5)
    model.eval()
    model.save_pretrained(f"{folder}/adapter")
    out = {}
    inputs(batch, out)
    logits(model, batch, "adapter_logits", out)
    write(folder, out, {"peft": __import__("peft").__version__})


def write(folder, tensors, numbers):
    save_file({k: v.contiguous() for k, v in tensors.items()}, f"{folder}/golden.safetensors")
    with open(f"{folder}/golden.json", "w") as file:
        json.dump(numbers, file, indent=1)
    for where in ("adapter", "adapter_after_10_steps"):
        path = f"{folder}/{where}/README.md"
        if os.path.exists(path):
            os.remove(path)


if __name__ == "__main__":
    torch.set_num_threads(2)
    dora("qwen2")
    patterns("llama")
