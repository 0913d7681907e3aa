"""Writes chat rows of about 200 tokens from a fixed seed: 1 in 100 repeats the row before it, 1 in 100 answers it otherwise.

    python3 make_chat_rows.py ROWS OUT.jsonl
"""

import json
import random
import sys

SMALL = "the of and to in is that it for was with as be by this are from or have not you which".split()


def main(rows: int, out: str) -> None:
    draw = random.Random(20261124)

    def word() -> str:
        return "".join(draw.choice("bcdfghklmnprstvw") + draw.choice("aeiou") for _ in range(draw.randint(1, 4)))

    words = [word() for _ in range(20_000)]

    def sentence() -> str:
        chosen = [
            draw.choice(SMALL) if draw.random() < 0.4 else draw.choice(words) for _ in range(draw.randint(8, 18))
        ]
        return " ".join(chosen).capitalize() + "."

    last = None
    with open(out, "w", encoding="utf-8") as file:
        for _ in range(rows):
            kind = draw.random()
            if last and kind < 0.01:
                question, answer = last
            elif last and kind < 0.02:
                question, answer = last[0], last[1] + " So it is."
            else:
                question = " ".join(sentence() for _ in range(3))
                answer = " ".join(sentence() for _ in range(8))
                last = (question, answer)
            messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
            file.write(json.dumps({"messages": messages}) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
