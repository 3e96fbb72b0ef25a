"""How the cost of a LoRA step grows: its time against length, width, layers, rank and vocabulary, beside the operations counted.

One size grows, the others stay: N=2, T=128, C=256, 8 heads, 4 layers, rank 8 on every matrix of the blocks, vocabulary 1,000,
float32, 2 threads. All sizes of a row are timed in turns. For each row a line is fitted, seconds = a + operations / rate, with a
never below 0. The picture shows what was measured and that line; the table also tells the exponents, time ~ size^e, of measured
and of counted.

    python benchmarks/growth.py                 example: python benchmarks/growth.py --rounds 5 --folder /tmp/results
"""

import argparse
import json
from pathlib import Path
from statistics import median

from race import numpy_ready

SIZES = {"T": 128, "C": 256, "layers": 4, "rank": 8, "vocabulary": 1000}
ROWS = {
    "T": (32, 64, 128, 256, 512, 1024),
    "C": (64, 128, 256, 512),
    "layers": (1, 2, 4, 8, 16),
    "rank": (1, 4, 16, 64, 256),
    "vocabulary": (250, 1000, 4000, 16000, 64000),
}
KEPT = Path(__file__).parent / "results"


def step_of(T, C, layers, rank, vocabulary, N=2):
    """A LoRA step of a model of these sizes, and the operations of its matrix products."""
    import numpy as np
    import tiny_gpt

    from minilora.adapters import LoRA, inject
    from minilora.experiments.step_costs import operations
    from minilora.nn import Transformer, TransformerConfig
    from minilora.training import AdamW

    sizes = {"vocab_size": vocabulary, "block_size": T, "n_layers": layers, "n_heads": 8, "d_model": C}
    model = Transformer(TransformerConfig.preset("tiny-gpt", **sizes), rng=0)
    inject(model, LoRA(r=rank, alpha=16))
    ids = np.random.default_rng(0).integers(0, vocabulary, (N, T + 1))
    return tiny_gpt.step_of(model, AdamW(model.parameters(), lr=1e-4), ids[:, :-1], ids[:, 1:]), operations(model, N, T)


def grow(rounds):
    """[{"size": its name, "values", "seconds": [each round's, for each value], "operations", "a", "rate", ...}]."""
    from minilora.experiments.step_costs import seconds

    rows = []
    for name, values in ROWS.items():
        steps, counted = {}, []
        for value in values:
            steps[value], operations = step_of(**(SIZES | {name: value}))
            counted.append(operations)
        taken = seconds(steps, rounds)
        rows.append({"size": name, "values": list(values), "operations": counted, "seconds": list(taken.values())} | fit(
            values, counted, [median(times) for times in taken.values()]))  # fmt: skip
        print(described(rows[-1]), flush=True)
    return rows


def fit(values, operations, seconds):
    """a and rate of seconds = a + operations / rate, weighing relative errors alike; and the exponents over the larger half."""
    import numpy as np
    from scipy.optimize import nnls

    x, y = np.array(operations), np.array(seconds)
    (a, slope), _ = nnls(np.stack([1 / y, x / y], axis=1), np.ones(len(y)))
    half = len(values) // 2 - (len(values) < 4)
    measured, counted = (float(np.polyfit(np.log(values[half:]), np.log(z[half:]), 1)[0]) for z in (y, x))
    off = float(np.abs((a + slope * x) / y - 1).max())
    return {"a": float(a), "rate": float(1 / slope), "off": off, "measured_exponent": measured, "counted_exponent": counted}


def described(row):
    """A row in one line."""
    name, values = row["size"], row["values"]
    exponents = f"time ~ {name}^{row['measured_exponent']:.2f}, operations ~ {name}^{row['counted_exponent']:.2f}"
    line = f"{1000 * row['a']:5.1f} ms + operations / {row['rate'] / 1e9:.0f} G a second, at most {100 * row['off']:.0f} % off"
    return f"{name:<11}{values[0]:>6} to {values[-1]:<6} {exponents:<62}{line}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9, help="of each size (default: 9)")
    parser.add_argument("--folder", default=KEPT, type=Path, help="where data and picture go (default: benchmarks/results)")
    args = parser.parse_args()
    about = numpy_ready()
    print(about)
    rows = grow(args.rounds)
    args.folder.mkdir(parents=True, exist_ok=True)
    (args.folder / "growth.json").write_text(json.dumps({"about": about, "sizes": SIZES, "rows": rows}, indent=1) + "\n", "utf-8")
    from minilora import plots

    plots.save(plots.growth(rows), args.folder / "growth.png")
    print(f"drawn in {args.folder / 'growth.png'}")


if __name__ == "__main__":
    main()
