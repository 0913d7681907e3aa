"""Makes the fixtures in this folder from ../goldens.

bitsandbytes had no part in it: what it does is written out below, by its format's description and by its plain processor
path (int8_vectorwise_quant and int8_vectorwise_dequant of bitsandbytes/backends/default/ops.py and _ops.py).

Needs torch 2.13.0, transformers 5.18.0, peft 0.21.0, safetensors:  python make.py
"""

import json
import shutil
from pathlib import Path

import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, BitsAndBytesConfig

HERE = Path(__file__).parent
GOLDENS = HERE.parent / "goldens"
STEP = torch.tensor(1 / 127, dtype=torch.float32)


def quantize(weight):
    """Whole numbers [out, in] and largest magnitudes [out] of a matrix in fp32, bf16 or fp16."""
    half = weight.to(torch.float16).float()
    absmax = half.abs().max(dim=1).values
    scaled = half * (127.0 / absmax.unsqueeze(-1))
    return torch.nan_to_num(torch.round(scaled), nan=0).to(torch.int8), absmax


def dequantize(elements, absmax):
    return elements * absmax.view(-1, 1) * STEP


def is_matrix(name):
    return name.endswith("_proj.weight")


def matrices():
    """Matrices alone: several shapes and dtypes, ties, a row of zeros, magnitudes at both ends of fp16."""
    generator = torch.Generator().manual_seed(11)
    tensors = {}
    for index, (rows, width) in enumerate([(64, 96), (1, 64), (7, 13), (130, 48), (3, 1000)]):
        for dtype in [torch.float32, torch.bfloat16, torch.float16]:
            weight = torch.randn(rows, width, generator=generator) * 10 ** (index - 2)
            weight[0, :4] = torch.tensor([127.0, 0.5, 1.5, -2.5])  # halves in a row of 127
            if rows > 3:
                weight[1] = 0
                weight[2] *= 1e-6
                weight[3, 0] = 60000
            weight = weight.to(dtype).contiguous()
            elements, absmax = quantize(weight)
            prefix = f"{index}.{str(dtype).split('.')[1]}."
            tensors[prefix + "input"] = weight
            tensors[prefix + "elements"] = elements
            tensors[prefix + "absmax"] = absmax
            tensors[prefix + "dequantized.float32"] = dequantize(elements, absmax)
            tensors[prefix + "dequantized.bfloat16"] = dequantize(elements, absmax).to(torch.bfloat16)
    save_file(tensors, HERE / "int8.safetensors")


def checkpoint(folder, into):
    """The folder in 8 bits, as transformers names and orders things."""
    into.mkdir(parents=True, exist_ok=True)
    tensors = {}
    for name, weight in load_file(folder / "model.safetensors").items():
        if is_matrix(name):
            elements, absmax = quantize(weight)
            tensors[name] = elements
            tensors[name.removesuffix("weight") + "SCB"] = absmax
            tensors[name.removesuffix("weight") + "weight_format"] = torch.tensor(0, dtype=torch.uint8)
        else:
            tensors[name] = weight
    save_file(tensors, into / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    config["quantization_config"] = BitsAndBytesConfig(load_in_8bit=True).to_dict()
    (into / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    shutil.copy(folder / "generation_config.json", into / "generation_config.json")


def base(folder):
    """The model in fp32 with its matrices written out."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if is_matrix(name):
                parameter.copy_(dequantize(*quantize(parameter)))
    return model.eval()


def loss(model, sequences):
    """Sum over supervised targets of both sequences, divided by their number."""
    total, count = 0, 0
    for ids, supervised in sequences:
        logits = model(ids.unsqueeze(0)).logits[0]
        wanted = supervised[1:].bool()
        total = total + torch.nn.functional.cross_entropy(logits[:-1][wanted], ids[1:][wanted], reduction="sum")
        count += int(wanted.sum())
    return total / count


def golden(architecture):
    folder = GOLDENS / architecture
    into = HERE / architecture
    checkpoint(folder / "model", into / "model-int8")
    given = load_file(folder / "golden.safetensors")
    sequences = [(given[f"seq{s}.input_ids"], given[f"seq{s}.supervised"]) for s in range(2)]
    adamw = json.loads((folder / "golden.json").read_text())["adamw"]
    tensors = {}
    model = base(folder / "model")
    with torch.no_grad():
        for s, (ids, _) in enumerate(sequences):
            tensors[f"seq{s}.logits"] = model(ids.unsqueeze(0)).logits[0].contiguous()
    model = PeftModel.from_pretrained(model, folder / "adapter", is_trainable=True)
    loss(model, sequences).backward()
    trained = {n: p for n, p in model.named_parameters() if p.requires_grad}
    for name, parameter in trained.items():
        tensors["lora_grad." + name.replace(".default", "")] = parameter.grad.clone()
    optimizer = torch.optim.AdamW(
        trained.values(), lr=adamw["lr"], betas=adamw["betas"], eps=adamw["eps"], weight_decay=adamw["weight_decay"])
    steps = []
    for _ in range(10):
        optimizer.zero_grad()
        value = loss(model, sequences)
        value.backward()
        norm = torch.nn.utils.clip_grad_norm_(list(trained.values()), adamw["max_grad_norm"])
        optimizer.step()
        steps.append([value.item(), norm.item()])
    save_file(tensors, into / "golden.safetensors")
    (into / "golden.json").write_text(json.dumps({"train_loss_and_grad_norm": steps}, indent=1) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    matrices()
    for name in ["llama", "qwen2", "qwen3"]:
        golden(name)
