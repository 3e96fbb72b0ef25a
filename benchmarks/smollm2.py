"""SmolLM2-135M for the races: the fetched GGUF, written once as a checkpoint that both sides read, in float32.

    python benchmarks/smollm2.py                writes it
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "runs" / "bench" / "smollm2"


def checkpoint():
    """The folder with config.json and model.safetensors. A process of its own writes it: the contestant's memory is measured."""
    if not (FOLDER / "config.json").exists():
        subprocess.run([sys.executable, __file__], check=True)
    return FOLDER


def write():
    from minilora.interop import fetch, load_gguf, save_huggingface

    path = fetch.cached("smollm2")
    if path is None:
        sys.exit("benchmark: SmolLM2 is not here: run `minilora fetch smollm2` first")
    save_huggingface(load_gguf(path), FOLDER)


def tokens(N, T, rng=0):
    """Random ids (N, T); what is computed costs the same for any."""
    import numpy as np

    return np.random.default_rng(rng).integers(0, 49152, (N, T))


if __name__ == "__main__":
    write()
