"""Run by test_gguf_fuzz.py in a process of its own, with little memory: python fuzz_gguf.py FOLDER COUNT MEGABYTES

Loads COUNT damaged files and prints how many became a model, and how many an error of each kind; anything but a model or a
ValueError of one line ends it with the number of the file, which is its seed.
"""

import random
import resource
import struct
import sys
import traceback
import warnings
from collections import Counter
from pathlib import Path

from minilora.files import FileError
from minilora.interop import load_gguf
from minilora.interop.gguf_header import read_header

HUGE = (0, 1, 31, 32, 33, 1 << 20, 1 << 31, (1 << 32) - 1, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)


def damaged(content, header, names, seed):
    """`content` with one fault, or some. header: its bytes before the data; names: where each name of a tensor ends."""
    rng, content = random.Random(seed), bytearray(content)
    kind = seed % 8
    if kind == 0:
        for _ in range(rng.choice([1, 2, 20])):
            content[rng.randrange(header)] = rng.randrange(256)
    elif kind == 1:
        del content[rng.randrange(len(content)) :]
    elif kind == 2:  # a count or a length, wherever it stands
        at = rng.randrange(header - 8)
        content[at : at + 8] = struct.pack("<Q", rng.choice(HUGE))
    elif kind == 3:
        at = rng.randrange(header - 4)
        content[at : at + 4] = struct.pack("<I", rng.choice(HUGE) & 0xFFFFFFFF)
    elif kind == 4:  # the number of dimensions of a tensor, a dimension, its kind or its offset
        at, n = rng.choice(names)
        fields = [(0, "<I"), *((4 + 8 * i, "<Q") for i in range(n)), (4 + 8 * n, "<I"), (8 + 8 * n, "<Q")]
        place, form = rng.choice(fields)
        value = rng.choice([*HUGE, rng.randrange(40), rng.randrange(header)])
        struct.pack_into(form, content, at + place, value & (0xFFFFFFFF if form == "<I" else (1 << 64) - 1))
    elif kind == 5:
        at = rng.randrange(header)
        content[at:at] = rng.randbytes(rng.randrange(1, 40))
    elif kind == 6:
        at = rng.randrange(header)
        del content[at : at + rng.randrange(1, 40)]
    else:
        a, b = sorted(rng.sample(range(len(content)), 2))
        content[a:b] = rng.randbytes(b - a) if rng.random() < 0.5 else bytes(b - a)
    return bytes(content)


def ends_of_names(content, header):
    """(where the name of each tensor ends, how many dimensions it has)."""
    for name, tensor in header.tensors.items():
        yield content.index(struct.pack("<Q", len(name)) + name.encode()) + 8 + len(name), len(tensor.shape)


def main(folder, count, megabytes):
    originals = []
    for path in sorted(Path(folder).glob("*.gguf")):
        content, header = path.read_bytes(), read_header(path)
        start = min(tensor.start for tensor in header.tensors.values())
        originals.append((content, start, list(ends_of_names(content, header))))
        load_gguf(path)  # what is imported late is there before the limit
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + megabytes * (1 << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    warnings.simplefilter("error")
    warnings.simplefilter("ignore", UserWarning)
    outcomes, target = Counter(), Path(folder) / "damaged"
    for seed in range(count):
        target.write_bytes(damaged(*originals[seed % len(originals)], seed))
        try:
            load_gguf(target, quantised=seed // 8 % 2 == 0)
            outcomes["model"] += 1
        except ValueError as error:
            if type(error) not in (ValueError, FileError) or not 0 < len(str(error).splitlines()) < 2 or len(str(error)) > 999:
                sys.exit(f"file {seed}: {type(error).__name__}: {error}")
            outcomes[type(error).__name__] += 1
        except BaseException as error:
            traceback.print_exc()
            sys.exit(f"file {seed}: {type(error).__name__}")
    print(outcomes["model"], outcomes["ValueError"], outcomes["FileError"])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
