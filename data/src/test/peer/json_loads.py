"""Reads JSON Lines with Python's json module and does nothing else: python3 json_loads.py FILE.jsonl"""

import json
import os
import sys
import time

path = sys.argv[1]
start = time.perf_counter()
rows = 0
with open(path, encoding="utf-8") as lines:
    for line in lines:
        json.loads(line)
        rows += 1
seconds = time.perf_counter() - start
print(f"{rows} rows, {seconds:.2f} s, {rows / seconds:.0f} rows/s, {os.path.getsize(path) / seconds / 1e6:.0f} MB/s")
