"""Methods that train few values, on one task: what each reaches, at its best rate of a coarse grid.

    python -m minilora.experiments.family_two        runs what is missing, and writes lessons/results/family_two.json

The base that comes with the package learns Python code for a few steps. Every method changes the matrices of the blocks and
nothing else. Per method and size: the rate is the best of RATES on one part of the held-out code, with a seed of its own; then
come three other seeds, judged on the other part.
"""

import math
from dataclasses import dataclass, field
from pathlib import Path

from minilora import files
from minilora.adapters import ALL_LINEAR, METHODS, inject, match
from minilora.data import LanguageBatches, evaluation_windows, keep_characters, split, standard_library
from minilora.experiments.jobs import run_jobs
from minilora.experiments.pretrained import load_pretrained
from minilora.experiments.runs import held_out_loss
from minilora.training import AdaLoRAAdamW, AdamW, Flora, GaLore, ReLoRAAdamW, Trainer, jagged_cosine, warmup_cosine

RESULT = Path(__file__).parents[2] / "lessons" / "results" / "family_two.json"
STEPS, WARM_UP, BATCH, CHARACTERS, HELD_OUT = 60, 5, 8, 1_000_000, 16_000
EVERY = 20                                              # ReLoRA restarts, GaLore and Flora draw anew
RATES = tuple(10 ** (k / 2) for k in range(-9, 2))      # 3e-5 to 3, half a power of ten apart
CHOICE_SEED, SEEDS = 9, (0, 1, 2)


@dataclass(frozen=True)
class Entry:
    """A method at one size. r: what its optimiser wants to know; options: of the method's spec. rate: where the search starts."""

    method: str
    size: str
    rate: float
    r: int = 0
    options: dict = field(default_factory=dict)

    @property
    def name(self):
        return f"{self.method}, {self.size}"


ENTRIES = (
    Entry("full", "the matrices", 1e-3),
    *(Entry("lora", f"r = {r}", 1e-2, options={"r": r, "alpha": 2 * r}) for r in (1, 4)),
    Entry("adalora", "r = 2, then 1", 1e-2, r=1, options={"r": 2, "alpha": 4}),
    *(Entry("vera", f"r = {r}", 3e-2, options={"r": r}) for r in (64, 192)),
    *(Entry("lora-xs", f"r = {r}", 1e-2, options={"r": r, "alpha": 2 * r}) for r in (20, 39)),
    *(Entry("svft", f"band {w}", 3e-2, options={"band": w}) for w in (0, 1)),
    *(Entry("loha", f"r = {r}", 1e-2, options={"r": r, "alpha": 2 * r}) for r in (1, 2)),
    Entry("lokr", "fewest values", 1e-2, options={"factor": None}),
    Entry("relora", "r = 1", 1e-2, options={"r": 1, "alpha": 2}),
    *(Entry(kind, f"r = {r}", 1e-2, r=r) for kind in ("galore", "flora") for r in (1, 4)),
)


def started(entry, seed, steps=STEPS):
    """The base with the entry's method in it: (model, optimiser with rate 1, schedule)."""
    model, _ = load_pretrained()
    layers = match(model, ALL_LINEAR)
    schedule = warmup_cosine(WARM_UP, steps)
    if entry.options:
        spec = METHODS["lora" if entry.method == "relora" else entry.method](**entry.options)
        inject(model, spec, ALL_LINEAR, rng=seed)
    else:
        matrices = {id(layer.W) for layer in layers.values()}
        for p in model.parameters():
            p.trainable = id(p) in matrices
    if entry.method == "adalora":
        return model, AdaLoRAAdamW(model, 1.0, entry.r, t_init=steps // 5, t_final=7 * steps // 10, weight_decay=0.0), schedule
    if entry.method == "relora":
        schedule = jagged_cosine(WARM_UP, steps, EVERY, WARM_UP)
        return model, ReLoRAAdamW(model, 1.0, EVERY, prune="reset", weight_decay=0.0), schedule
    if entry.method == "galore":
        return model, GaLore(model.parameters(), 1.0, entry.r, EVERY, kappa=1.0), schedule
    if entry.method == "flora":
        return model, Flora(model.parameters(), 1.0, entry.r, EVERY, rng=seed), schedule
    return model, AdamW(model.parameters(), 1.0, weight_decay=0.0), schedule


def texts():
    """Ids to learn from, and windows to choose the rate by and to judge by."""
    _, tokenizer = load_pretrained()
    learning, held_out = split(keep_characters(standard_library(CHARACTERS).text))
    choice, judged = (held_out[start : start + HELD_OUT] for start in (0, HELD_OUT))
    learning, choice, judged = (tokenizer.encode(text) for text in (learning, choice, judged))
    return learning, evaluation_windows(choice, 64), evaluation_windows(judged, 64)


def run(entry, rate, seed, ids, windows, steps=STEPS):
    """(held-out loss after training, the optimiser). A run that breaks off has the loss inf."""
    model, optimizer, schedule = started(entry, seed, steps)
    optimizer.lr = rate
    batches = LanguageBatches(ids, 64, BATCH, seed)
    try:
        Trainer(model, optimizer, batches, schedule, clip=1.0, progress=False).run(steps)
    except RuntimeError:
        return math.inf, optimizer
    return held_out_loss(model.eval(), windows), optimizer


def contest(name):
    """The entry's result: {"method", "size", "values", "bytes", "rate", "tried": [[rate, loss]], "losses": one a seed}."""
    entry = next(entry for entry in ENTRIES if entry.name == name)
    ids, choice, judged = texts()
    tried = {}

    def loss(k):
        if k not in tried:
            tried[k] = run(entry, RATES[k], CHOICE_SEED, ids, choice)[0]
        return tried[k]

    best = min(range(len(RATES)), key=lambda k: abs(math.log(RATES[k] / entry.rate)))
    while True:  # downhill on the grid, until both neighbours are worse
        near = [k for k in (best - 1, best, best + 1) if 0 <= k < len(RATES)]
        lowest = min(near, key=loss)
        if lowest == best:
            break
        best = lowest
    runs = [run(entry, RATES[best], seed, ids, judged) for seed in SEEDS]
    optimizer = runs[0][1]
    return {
        "method": entry.method,
        "size": entry.size,
        "values": sum(p.data.size for p in optimizer.parameters),
        "bytes": optimizer.state_bytes,
        "rate": RATES[best],
        "tried": [[RATES[k], tried[k]] for k in sorted(tried)],
        "losses": [loss for loss, _ in runs],
    }


def base_loss():
    """The base's loss on what the methods are judged by."""
    model, _ = load_pretrained()
    return held_out_loss(model, texts()[2])


def kept():
    """The kept result, of a checkout. Elsewhere a line says that it is missing, and there are no entries."""
    if not RESULT.exists():
        print(f"{RESULT.name} is not here: it lies in lessons/results of a checkout, and the package alone has none")
        return {"made_with": {}, "base": math.nan, "entries": []}
    return files.load_json(RESULT)


def main(folder="runs/family_two", n_jobs=2):
    """Run every entry and write the result."""
    jobs = {entry.name: {"name": entry.name} for entry in ENTRIES}
    found = run_jobs(contest, jobs, folder, n_jobs, label="methods")
    made_with = {"steps": STEPS, "batch_size": BATCH, "seeds": list(SEEDS), "every": EVERY}
    files.save_json(RESULT, {"made_with": made_with, "base": base_loss(), "entries": list(found.values())})


if __name__ == "__main__":
    main()
