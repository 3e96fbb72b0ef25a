"""Intruder dimensions: directions of the tuned W that the base's W does not have. Shuttleworth et al. 2024, arXiv 2410.21228."""

import numpy as np

from minilora import lowrank
from minilora.experiments.lowrank.analysis import Analysis, mean
from minilora.experiments.lowrank.tuning import Tuning

RANKS = (1, 8, 32)
K, EPS = 10, 0.5
DRAWS = 200  # random directions for the null


def needs(seeds, setting, ranks=RANKS, rate=None):
    return [Tuning("full", seed, rate=rate) for seed in seeds] + [Tuning("lora", seed, r) for r in ranks for seed in seeds]


def measure(ground, ranks=RANKS, rate=None):
    """{"eps", "runs": {run: {"counts", "cosines"}}, "random": the mean cosine of a random direction}.

    counts: intruders of a matrix at EPS, the mean for each seed. cosines: for each of the K directions those of all matrices and
    seeds.
    """
    runs = {}
    for tuning in needs(ground.seeds, ground.arena.setting, ranks, rate):
        run = "full tuning" if tuning.method == "full" else f"LoRA r{tuning.r}"
        found = [lowrank.intruder_dimensions(ground.base[name], ground.base[name] + change, K, EPS)
                 for name, change in ground.changes(tuning).items()]  # fmt: skip
        row = runs.setdefault(run, {"counts": [], "cosines": [[] for _ in range(K)]})
        row["counts"].append(mean(len(one.indices) for one in found))
        for one in found:
            for j, cosine in enumerate(one.cosines.tolist()):
                row["cosines"][j].append(cosine)
    return {"eps": EPS, "runs": runs, "random": random_cosine(ground.base.values(), ground.seeds[0])}


def random_cosine(matrices, seed):
    """The largest absolute cosine of a random direction to a matrix's own, in the mean."""
    rng = np.random.default_rng(seed)
    found = []
    for W in matrices:
        U, _, _ = lowrank.svd(W)
        u = rng.standard_normal((DRAWS, len(W)))
        found.append(float(np.abs(u @ U / np.linalg.norm(u, axis=1, keepdims=True)).max(axis=1).mean()))
    return mean(found)


def counts_below(row, eps):
    """Intruders of a matrix at a threshold, in the mean over matrices and seeds."""
    return sum(mean(cosine < eps for cosine in cosines) for cosines in row["cosines"])


def finding(data):
    counts = {run: mean(row["counts"]) for run, row in data["runs"].items()}
    told = ", ".join(f"{count:.2f} ({run})" for run, count in counts.items())
    loras = [run for run in counts if run != "full tuning"]
    more = sum(counts[run] > counts["full tuning"] for run in loras)
    return (
        f"Of the first {K} directions of a tuned matrix, below a cosine of {EPS} to all of the base's are {told}: more than full "
        f"tuning's in {more} of {len(loras)} ranks. A random direction has {data['random']:.2f}."
    )


def table(data):
    head = ("run", *(f"below {eps}" for eps in (0.4, EPS, 0.6, 0.8)), "least cosine")
    return [head] + [
        [run, *(counts_below(row, eps) for eps in (0.4, EPS, 0.6, 0.8)), min(min(cosines) for cosines in row["cosines"])]
        for run, row in data["runs"].items()
    ]


ANALYSIS = Analysis("intruders", "Directions that the base did not have", measure, finding, table, needs)
