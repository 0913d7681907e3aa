"""Times the way from a JSON Lines file of alpaca rows to packed batches, in Hone and in Hugging Face's libraries, in one run.

compare_with_datasets.py CLASSPATH MODEL ROWS.json N [PAIRS]

CLASSPATH  of the module data with its tests (target/classes, target/test-classes and the jars)
MODEL      a model folder whose chat template has {% generation %} spans
ROWS.json  an array of alpaca rows; repeated with a number in each until there are N
PAIRS      how often both are timed, one after the other; 3 by default

Theirs: datasets reads the file, one map writes and tokenises it with apply_chat_template and the mask of the assistant's
tokens, batched so that the tokenizer uses all cores, or over as many processes as there are cores, whichever is faster;
then best fit decreasing into bins of 2,048 tokens. Both must agree on tokens and on trained tokens. Needs datasets,
transformers and jinja2; not part of the build. A parquet cache of datasets is cleared before each timing.
"""
import bisect, json, os, pathlib, statistics, subprocess, sys, tempfile, time

LIMIT = 2048


def generate(source, n, path):
    rows = json.loads(pathlib.Path(source).read_text())
    with open(path, "w") as out:
        for i in range(n):
            row = rows[i % len(rows)]
            out.write(json.dumps({**row, "instruction": f"{i}. {row['instruction']}"}, ensure_ascii=False) + "\n")


def ours(classpath, model, path):
    done = subprocess.run(["java", "--enable-native-access=ALL-UNNAMED", "-XX:+UseCompactObjectHeaders", "-XX:+UseSerialGC", "-Xmx2g", "-cp", classpath,
                           "dev.hone.data.LoadingBenchmark", model, path, str(LIMIT)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def theirs(model, path, processes):
    """In a process of its own, so that neither side inherits a warm cache or fork-disabled tokenizer threads."""
    done = subprocess.run([sys.executable, __file__, "--child", model, path, str(processes)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def best_fit(lengths):
    """Best fit decreasing; a sorted list of (room, bin) stands for the tree."""
    rooms, bins = [], 0
    for length in sorted(lengths, reverse=True):
        at = bisect.bisect_left(rooms, length)
        if at < len(rooms):
            room = rooms.pop(at)
        else:
            room, bins = LIMIT, bins + 1
        bisect.insort(rooms, room - length)
    return bins


def child(model, path, processes):
    import pyarrow.compute as pc
    from datasets import load_dataset
    from transformers import AutoTokenizer
    tokenizer = AutoTokenizer.from_pretrained(model)

    def prepare(batch):
        chats = [[{"role": "user", "content": i + ("\n" + x if x else "")}, {"role": "assistant", "content": o}]
                 for i, x, o in zip(batch["instruction"], batch["input"], batch["output"])]
        encoded = tokenizer.apply_chat_template(chats, tokenize=True, return_dict=True, return_assistant_tokens_mask=True)
        return {"input_ids": encoded["input_ids"], "mask": encoded["assistant_masks"]}

    with tempfile.TemporaryDirectory() as cache:
        start = time.perf_counter()
        data = load_dataset("json", data_files=path, split="train", cache_dir=cache)
        data = data.map(prepare, batched=True, batch_size=1000, num_proc=processes if processes > 1 else None,
                        remove_columns=data.column_names)
        table = data.data.table
        lengths = pc.list_value_length(table["input_ids"]).to_pylist()
        bins = best_fit([length for length in lengths if length <= LIMIT])
        seconds = time.perf_counter() - start
        kept = [length for length in lengths if length <= LIMIT]
        fitting = table.filter(pc.less_equal(pc.list_value_length(table["input_ids"]), LIMIT))
        supervised = pc.sum(pc.list_flatten(fitting["mask"])).as_py()
    print(json.dumps({"seconds": seconds, "rows": len(kept), "tokens": sum(kept), "supervised": supervised, "batches": bins}))


def main(classpath, model, source, n, pairs=3):
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, "rows.jsonl")
        generate(source, int(n), path)
        print(f"{os.path.getsize(path) / 1e6:.1f} MB, {int(n):,} rows, {os.cpu_count()} cores")
        ratios = []
        for _ in range(int(pairs)):
            mine = ours(classpath, model, path)
            other = min((theirs(model, path, p) for p in (1, os.cpu_count())), key=lambda r: r["seconds"])
            for key in ("rows", "tokens", "supervised"):
                assert mine[key] == other[key], (key, mine, other)
            ratios.append(other["seconds"] / mine["seconds"])
            print(f"hone {mine['tokens'] / mine['seconds']:,.0f} tokens/s in {mine['batches']:,} batches, "
                  f"theirs {other['tokens'] / other['seconds']:,.0f} in {other['batches']:,}, ratio {ratios[-1]:.2f}")
        print(f"median ratio {statistics.median(ratios):.2f}")


if sys.argv[1] == "--child":
    child(sys.argv[2], sys.argv[3], int(sys.argv[4]))
else:
    main(*sys.argv[1:])
