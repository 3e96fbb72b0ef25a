"""Eckart and Young: how far the best matrix of a rank is, known before it is made; and how near a random sketch comes to it."""

import numpy as np

from minilora import lowrank
from minilora.experiments.analysis import powers_of_two
from minilora.experiments.lowrank.analysis import Analysis, mean
from minilora.lowrank.randomized import sketch_bound

OVERSAMPLE, PASSES = 8, (0, 2)  # directions beyond the rank, and power passes, of the sketch


def measure(ground):
    """{"tails": a row a matrix, "sketches": a row for each rank and number of passes, "example": of the matrix 1..9}."""
    tails = [{"name": name, **tail(W)} for name, W in ground.base.items()]
    k = min(min(W.shape) for W in ground.base.values())
    ranks = [rank for rank in powers_of_two(k) if rank < k]
    sketches = [sketch(ground.base.values(), rank, q, ground.seeds) for q in PASSES for rank in ranks]
    return {"tails": tails, "sketches": sketches, "example": example()}


def tail(W):
    """The error of each rank as a share of norm_F(W): by truncation:S3 from the singular values, and by taking the difference."""
    norm, ranks = float(np.linalg.norm(W)), range(1, min(W.shape) + 1)
    exact = [lowrank.truncation_error(W, rank).frobenius / norm for rank in ranks]
    return {"exact": exact, "measured": [float(np.linalg.norm(W - lowrank.truncate(W, rank))) / norm for rank in ranks]}


def sketch(matrices, rank, q, seeds):
    """Errors of `randomized_svd` in the spectral norm over sigma_(r+1), a number for each matrix and seed; and their bound."""
    ratios, bounds = [], []
    for W in matrices:
        least = lowrank.truncation_error(W, rank).spectral
        for seed in seeds:
            U, sigma, Vt = lowrank.randomized_svd(W, rank, seed, OVERSAMPLE, q)
            ratios.append(float(np.linalg.norm(W - (U * sigma) @ Vt, 2)) / least)
        k = min(W.shape)
        bounds.append(sketch_bound(rank, min(OVERSAMPLE, k - rank), q, k) + 1)  # the cut back to the rank adds at most 1
    return {"rank": rank, "passes": q, "ratios": ratios, "bound": max(bounds)}


def example():
    """The matrix of the numbers 1 to 9: its singular values, its rank, and the error of each rank."""
    W = np.arange(1.0, 10).reshape(3, 3)
    sigma = lowrank.singular_values(W)
    visible = int((sigma > 1e-12 * sigma[0]).sum())
    errors = [lowrank.truncation_error(W, rank).frobenius for rank in (1, 2, 3)]
    return {"sigma": sigma.tolist(), "rank": visible, "errors": errors, "squares": float((sigma * sigma).sum())}


def finding(data):
    off = max(abs(e - m) for row in data["tails"] for e, m in zip(row["exact"], row["measured"], strict=True))
    worst = {q: max(mean(row["ratios"]) for row in data["sketches"] if row["passes"] == q) for q in PASSES}
    kept = all(mean(row["ratios"]) <= row["bound"] for row in data["sketches"])
    sigma = ", ".join(f"{value:.4f}" for value in data["example"]["sigma"])
    return (
        f"The tail of the singular values gives the error of every rank of {len(data['tails'])} matrices to {off:.0e} of their "
        f"norm. A random sketch is {worst[0]:.2f} times as far as the best matrix at most without power passes, {worst[2]:.3f} "
        f"times with two; the bound on the mean {'holds' if kept else 'does not hold'} everywhere. "
        f"The matrix 1..9 has singular values {sigma}: rank {data['example']['rank']}."
    )


def table(data):
    head = ("rank", "power passes", "error / best, mean", "least", "largest", "bound on the mean")
    numbers = ([row["rank"], row["passes"], mean(r := row["ratios"]), min(r), max(r), row["bound"]] for row in data["sketches"])
    return [head, *numbers]


ANALYSIS = Analysis("eckart-young", "The best matrix of a rank, and a random sketch of it", measure, finding, table)
