"""Damage a folder of Hugging Face's in a thousand ways and more, and load each: a model, or one line that says what is wrong.

python fuzz_huggingface.py FOLDER. The folder holds good checkpoints, each in its own folder, and gets a folder of damaged ones.
The address space is bounded while it runs, and so is the time for each. Prints how often there was what, as JSON; the first
checkpoint that gives anything else stays in place, and its error is raised.
"""

import json
import random
import resource
import shutil
import signal
import sys
from collections import Counter
from pathlib import Path

from minilora.interop import load_huggingface

MEMORY = 48 << 20  # bytes more than there are after one good load
SECONDS = 10
WHOLE, INDEX, CONFIG = "model.safetensors", "model.safetensors.index.json", "config.json"
DTYPES = "BOOL U8 I8 F8_E4M3 F8_E5M2 F4 I16 U16 F16 BF16 I32 U32 F32 C64 F64 I64 U64 f32 X".split()
STRANGE = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2,
    7,
    63,
    1 << 31,
    1 << 62,
    (1 << 64) - 1,
    1 << 200,
    0.5,
    1e308,
    float("nan"),
    float("inf"),
]
STRANGE += ["", "a", "7", "a\nb", "\ud800", "x" * 9000, "gelu", "llama", "model.safetensors"]
STRANGE += [[], [[]], [1] * 3000, {}, {"a": {"b": []}}]


def deep(rng):
    depth = rng.choice([50, 500, 5000, 100_000])
    return rng.choice(["[" * depth, "[" * depth + "]" * depth, '{"a":' * depth, '{"a":' * depth + "1" + "}" * depth])


def flipped(rng, content, stop=None):
    content = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5, 30])):
        content[rng.randrange(stop or len(content))] = rng.choice([rng.randrange(256), rng.randrange(32, 127)])
    return bytes(content)


def moved(rng, content):
    """Cut, doubled, or with something in between."""
    a, b = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    return rng.choice(
        [
            content[:a],
            content[a:],
            content[:a] + content[b:],
            content[:b] + content[a:],
            content[:a] + rng.randbytes(99) + content[a:],
        ]
    )


def packed(header, data, length=None):
    header = header if isinstance(header, bytes) else json.dumps(header, ensure_ascii=True).encode()
    return (len(header) if length is None else length).to_bytes(8, "little") + header + data


def damaged_arrays(rng, content):
    length = int.from_bytes(content[:8], "little")
    header, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    name = rng.choice([name for name in header if name != "__metadata__"])
    entry = header[name]
    kind = rng.randrange(13)
    if kind == 0:
        return flipped(rng, content)
    if kind == 1:
        return flipped(rng, content, 8 + length)
    if kind == 2:
        return moved(rng, content)
    if kind == 3:
        return packed(
            header,
            data,
            rng.choice([0, 1, length - 1, length + 1, len(content), 1 << 27, (1 << 64) - 1, rng.randrange(1 << 20)]),
        )
    if kind == 4:
        start, stop = entry["data_offsets"]
        others = [[stop, start], [0, len(data)], [start + 4, stop + 4], [rng.choice(STRANGE), stop], [start, rng.choice(STRANGE)]]
        entry["data_offsets"] = rng.choice([*others, rng.choice(STRANGE)])
    elif kind == 5:
        entry["dtype"] = rng.choice([*DTYPES, rng.choice(STRANGE)])
    elif kind == 6:
        shape = entry["shape"]
        others = [
            shape[::-1],
            [1, *shape],
            [*shape, 1],
            [*shape, 0],
            [1] * 70 + shape,
            [0, 1 << 62],
            [rng.choice(STRANGE), *shape[1:]],
        ]
        entry["shape"] = rng.choice([*others, rng.choice(STRANGE)])
    elif kind == 7:  # a good file, with other contents, or of another dtype
        start, stop = entry["data_offsets"]
        if rng.random() < 0.5:
            entry["dtype"] = {"F64": "I64", "F32": "I32"}[entry["dtype"]]
        data = data[:start] + rng.randbytes(stop - start) + data[stop:]
    elif kind == 8:
        other = rng.choice(["", "a\nb", "x" * 9000, "lm_head.weight", name + "x", name[1:]])
        header = {(other if key == name else key): value for key, value in header.items()}
    elif kind == 9:
        return packed(deep(rng).encode(), data)
    elif kind == 10:
        text = json.dumps(header)
        at = rng.randrange(len(text))
        return packed((text[:at] + deep(rng) + text[at:]).encode(), data)
    elif kind == 11:  # as many empty tensors as the file has bytes
        header |= {
            f"{rng.choice('ab')}{i}": {"dtype": "F32", "shape": [0], "data_offsets": [len(data)] * 2}
            for i in range(rng.choice([1, 300]))
        }
    else:
        header["__metadata__"] = rng.choice(STRANGE)
    return packed(header, data)


def damaged_json(rng, text):
    kind = rng.randrange(6)
    if kind == 0:
        return flipped(rng, text.encode())
    if kind == 1:
        return moved(rng, text.encode())
    if kind == 2:
        at = rng.randrange(len(text))
        return (text[:at] + deep(rng) + text[at:]).encode()
    value = json.loads(text)
    if kind == 3:
        return json.dumps(rng.choice(STRANGE)).encode()
    place = value.get("weight_map", value) if rng.random() < 0.8 else value
    for _ in range(rng.choice([1, 1, 2, 4])):
        key = rng.choice([*place, "never heard of", "rope_parameters", "rope_scaling", "weight_map"])
        if kind == 4:
            place[key] = rng.choice(STRANGE)
        else:
            place[key], other = place.pop(rng.choice(list(place)), None), place.get(key)
            place[rng.choice(list(place))] = other
    return json.dumps(value).encode()


def attempt(folder, counts):
    signal.alarm(SECONDS)
    try:
        load_huggingface(folder)
        counts["models"] += 1
    except ValueError as error:  # files.FileError among them
        message = str(error)
        if "\n" in message or not message.startswith(str(folder)) or len(message) > 1500:
            raise RuntimeError(f"not one line that begins with the path: {message!r}") from error
        counts["refused"] += 1
        counts["kinds"].add(message.removeprefix(str(folder)).split(":")[1][:25])
    finally:
        signal.alarm(0)


def main(root, rounds):
    folders = sorted(path for path in Path(root).iterdir() if path.is_dir())
    for folder in folders:
        load_huggingface(folder)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    rng, counts = random.Random(0), Counter()
    counts["kinds"] = set()
    damaged = Path(root) / "damaged"
    for i in range(rounds):
        good = folders[i % len(folders)]
        shutil.rmtree(damaged, ignore_errors=True)
        shutil.copytree(good, damaged)
        what = rng.choice(["arrays", "arrays", "json"])
        path = rng.choice(sorted(damaged.glob("*.safetensors" if what == "arrays" else "*.json")))
        damage = damaged_arrays(rng, path.read_bytes()) if what == "arrays" else damaged_json(rng, path.read_text())
        path.write_bytes(damage)
        attempt(damaged, counts)
        counts[what] += 1
    print(json.dumps(counts | {"kinds": len(counts["kinds"])}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
