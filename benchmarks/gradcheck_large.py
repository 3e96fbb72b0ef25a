"""Time of a check of 10 million parameters along 2 random directions of each: 6 layers, 6 heads, 384 wide, vocabulary 512.

    python benchmarks/gradcheck_large.py
"""

import time

import numpy as np
from tqdm import tqdm

from minilora import backend
from minilora.gradcheck import check_model
from minilora.nn import Transformer, TransformerConfig

SIZES = {"vocab_size": 512, "block_size": 16, "n_layers": 6, "n_heads": 6, "d_model": 384}


def main(samples=2):
    backend.tune_memory()
    model, draw = Transformer(TransformerConfig.preset("tiny-gpt", **SIZES), rng=0, dtype="float64"), np.random.default_rng(0)
    ids, targets = (draw.integers(0, SIZES["vocab_size"], (2, 8)) for _ in range(2))
    with tqdm(total=len(model.parameters()), unit="parameter", leave=False) as bar:
        start = time.perf_counter()
        settings = {"samples": samples, "rtol": 1e-6, "zero": ("attn.k.b",)}
        report = check_model(model, ids, targets, **settings, progress=lambda name: bar.update())
        seconds = time.perf_counter() - start
    millions = sum(parameter.data.size for parameter in model.parameters()) / 1e6
    verdict = f"{'right' if report.ok else 'WRONG'}, largest error {report.max_error:.1e}"
    print(f"samples={samples} on {millions:.1f} million parameters: {seconds:.1f} s, {verdict}\n{report.notes[-1]}")


if __name__ == "__main__":
    main()
