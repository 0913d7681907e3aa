"""Makes the tiny tokenizer beside this file and `expected.json`, what Python says about it.

    python make_tiny_model.py        (tokenizers 0.23, transformers 5.18)

The tokenizer is a byte-level BPE of 400 tokens trained on ../real/alpaca_en_demo.json, with ChatML markers and <s>.
"""
import json
import os

os.chdir(os.path.dirname(os.path.abspath(__file__)))
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

rows = json.load(open("../real/alpaca_en_demo.json"))
tokenizer = Tokenizer(models.BPE())
tokenizer.normalizer = normalizers.NFC()
pattern = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
    [pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.train_from_iterator(
    [row[key] for row in rows for key in ("instruction", "output")],
    trainers.BpeTrainer(vocab_size=400, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False),
)
markers = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<s>"]
tokenizer.add_special_tokens([AddedToken(marker, special=True, normalized=False) for marker in markers])
tokenizer.save("tokenizer.json")


def utf16(text, code_point):
    return len(text[:code_point].encode("utf-16-le")) // 2


texts = [
    "",
    "Hello there!",
    "<|im_start|>user\nHello there 😀 naïve 中<|im_end|>\n",
    "e\u0301 👩‍👩‍👧 fine",
    "  two  spaces\n\n\nand 1234 numbers, don't",
    rows[0]["output"],
]
encodings = []
for text in texts:
    e = tokenizer.encode(text, add_special_tokens=False)
    encodings.append(
        {
            "text": text,
            "ids": e.ids,
            "starts": [utf16(text, s) for s, _ in e.offsets],
            "ends": [utf16(text, t) for _, t in e.offsets],
        }
    )

chat_template = (
    "{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' }}"
    "{% if message.role == 'assistant' %}{% generation %}{{ message.content + '<|im_end|>' }}{% endgeneration %}"
    "{% else %}{{ message.content + '<|im_end|>' }}{% endif %}{{ '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>")
system = {"role": "system", "content": "Be brief."}
conversations = [
    [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello there!"}],
    [system, {"role": "user", "content": "Was ist 😀?"}, {"role": "assistant", "content": "Ein Gesicht 😀, naïve 中."}],
    [
        {"role": "user", "content": rows[1]["instruction"]},
        {"role": "assistant", "content": rows[1]["output"]},
        {"role": "user", "content": "Thanks."},
        {"role": "assistant", "content": "\nYou are welcome.\n"},
    ],
    [{"role": "user", "content": "One"}, {"role": "assistant", "content": "Two"}, {"role": "user", "content": "Three"}],
]
masks = []
for messages in conversations:
    out = fast.apply_chat_template(
        messages, chat_template=chat_template, tokenize=True, return_dict=True, return_assistant_tokens_mask=True
    )
    masks.append({"messages": messages, "ids": out["input_ids"], "trained": out["assistant_masks"]})

json.dump(
    {"encodings": encodings, "chat_template": chat_template, "masks": masks},
    open("expected.json", "w"),
    ensure_ascii=False,
    indent=1,
)
