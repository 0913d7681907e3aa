"""Loads an adapter that Hone wrote with PEFT, and compares log-probabilities with those of `hone score`.

check.py MODEL ADAPTER TOKENS.jsonl LOGPROBS.jsonl [nf4]

With nf4 the matrices of the layers are first rounded as NF4 does without double quantization: the base
of an adapter that began as loftq.
"""

import json
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

CODES = torch.tensor(
    [-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635]
    + [-0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725]
    + [0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941]
    + [0.7229568362236023, 1.0]
)


def rounded(weight):
    blocks = weight.reshape(-1, 64)
    scale = blocks.abs().max(1, keepdim=True).values
    index = torch.bucketize(blocks * (1 / scale), (CODES[1:] + CODES[:-1]) / 2, right=False)
    return (CODES[index] * scale).reshape(weight.shape)


model_folder, adapter, tokens, logprobs = sys.argv[1:5]
model = AutoModelForCausalLM.from_pretrained(
    model_folder, dtype=torch.float32, attn_implementation="eager"
)
if sys.argv[5:] == ["nf4"]:
    for name, parameter in model.named_parameters():
        if name.endswith("_proj.weight"):
            parameter.data = rounded(parameter.data)
before = {name: parameter.clone() for name, parameter in model.named_parameters()}
model = PeftModel.from_pretrained(model, adapter).eval()
for name, parameter in model.named_parameters():
    if "lora_" not in name:
        plain = name.replace("base_model.model.", "").replace(".base_layer", "")
        assert torch.equal(parameter, before[plain]), f"PEFT changed {plain}"
worst = 0.0
for row, ours in zip(open(tokens), open(logprobs)):
    ids = torch.tensor(json.loads(row)["input_ids"])
    with torch.no_grad():
        theirs = torch.log_softmax(model(input_ids=ids[None]).logits[0], -1)
    theirs = theirs[:-1].gather(1, ids[1:, None])[:, 0]
    worst = max(worst, (theirs - torch.tensor(json.loads(ours)["logprobs"][1:])).abs().max().item())
print(f"largest difference of a log-probability: {worst:.1e}")
assert worst < 1e-4
