"""Do runs of other ranks and seeds find the same directions? Section 7.2 of Hu et al. 2021, arXiv 2106.09685: phi(i, j).

The two runs of a comparison have different seeds: with one seed, the smaller A begins as rows of the larger, and the likeness
that one then finds was drawn, not learned.
"""

import numpy as np

from minilora import lowrank
from minilora.experiments.lowrank.analysis import Analysis, mean
from minilora.experiments.lowrank.tuning import Tuning

SMALL, LARGE = 8, 32
TARGETS = ("attn.q", "attn.v")


def needs(seeds, setting):
    one, two = seeds[:2]
    return [Tuning("lora", one, SMALL, TARGETS), Tuning("lora", one, LARGE, TARGETS), Tuning("lora", two, LARGE, TARGETS)]


def measure(ground):
    """{"n": the input's size, "ranks", "grids": {"block.layer": {comparison: phi, a row for each i}}}.

    Comparisons: "ranks" and "seeds" of A, "ranks of Delta W" and "seeds of Delta W" (right singular vectors), "random" matrices.
    """
    small, large, other = needs(ground.seeds, ground.arena.setting)
    names = list(ground.factors(small))
    n = ground.base[names[0]].shape[1]
    rng = np.random.default_rng(ground.seeds[0])
    grids = {}
    for name in names:
        (A1, _), (A2, _), (A3, _) = (ground.factors(tuning)[name] for tuning in (small, large, other))
        D1, D2, D3 = (ground.changes(tuning)[name] for tuning in (small, large, other))
        pairs = {
            "ranks": (A1, A3), "seeds": (A2, A3), "ranks of Delta W": (D1, D3), "seeds of Delta W": (D2, D3),
            "random": [rng.standard_normal((r, n)) for r in (SMALL, LARGE)],
        }  # fmt: skip
        grids[name] = {key: lowrank.similarity_grid(*pair).tolist() for key, pair in pairs.items()}
    return {"n": n, "ranks": [SMALL, LARGE], "grids": grids}


def finding(data):
    def phi(kind, comparison):
        """phi(1, 1), mean over the blocks."""
        return mean(grids[comparison][0][0] for name, grids in data["grids"].items() if name.endswith(kind))

    null = lowrank.random_similarity(1, 1, data["n"])
    first = [grids[key][0][0] for grids in data["grids"].values() for key in ("ranks of Delta W", "seeds of Delta W")]
    told = [
        f"of {kind} {phi(kind, 'ranks of Delta W'):.2f} between ranks, {phi(kind, 'seeds of Delta W'):.2f} between seeds"
        for kind in TARGETS
    ]
    return (
        f"phi(1,1) of Delta W, {'; '.join(told)}; of random directions {null:.3f} in the mean. It is above that in "
        f"{sum(value > null for value in first)} of {len(first)} comparisons."
    )


def table(data):
    head = ("matrix", "compared", "phi(1,1)", "random", "phi(4,4)", "random")
    null = [lowrank.random_similarity(i, i, data["n"]) for i in (1, 4)]
    return [head] + [
        [name, comparison, grid[0][0], null[0], grid[3][3], null[1]]
        for name, grids in data["grids"].items()
        for comparison, grid in grids.items()
    ]


ANALYSIS = Analysis("subspaces", "phi(i, j) between ranks and between seeds", measure, finding, table, needs)
