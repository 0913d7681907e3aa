"""Loads an adapter that Hone wrote in PEFT and compares the log-probability of every token with `hone score`.

compare_with_peft.py HONE MODEL ADAPTER      HONE is the path of the hone script
Needs torch, transformers and peft; not part of the build. Exits with 1 when the largest difference is above 1e-3.
"""
import json, pathlib, subprocess, sys, tempfile
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

hone, folder, adapter = sys.argv[1:4]
base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
model = PeftModel.from_pretrained(base, adapter).eval()
generator = torch.Generator().manual_seed(1)
rows = [torch.randint(0, base.config.vocab_size, (n,), generator=generator).tolist() for n in (2, 17, 64, 200)]
with tempfile.TemporaryDirectory() as work:
    tokens, out = pathlib.Path(work, "tokens.jsonl"), pathlib.Path(work, "out.jsonl")
    tokens.write_text("".join(json.dumps({"input_ids": row}) + "\n" for row in rows))
    subprocess.run([hone, "score", "--model", folder, "--adapter", adapter, "--tokens", tokens, "--out", out,
                    "--dtype", "fp32", "--device", "cpu"], check=True)
    ours = [json.loads(line)["logprobs"] for line in out.read_text().splitlines()]
largest = 0.0
for row, mine in zip(rows, ours, strict=True):
    ids = torch.tensor([row])
    with torch.no_grad():
        theirs = model(ids).logits[0, :-1].log_softmax(-1).gather(1, ids[0, 1:, None])[:, 0]
    assert mine[0] is None
    largest = max(largest, (torch.tensor(mine[1:]) - theirs).abs().max().item())
print(f"largest difference of a log-probability: {largest:.2e}")
sys.exit(largest > 1e-3)
