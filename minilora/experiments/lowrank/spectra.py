"""Singular values beside those of noise: what has training put into the weights?"""

import numpy as np

from minilora import lowrank
from minilora.experiments.analysis import spectrum_rows
from minilora.experiments.lowrank.analysis import Analysis, mean

POINTS = 200  # at which a density is given


def measure(ground):
    """A row for each matrix: its spectra and ranks, before and after training, and the noise that matches each."""
    return {"matrices": [row | noise(ground.initial[row["name"]], ground.base[row["name"]]) for row in rows(ground)]}


def rows(ground):
    kept = ("name", "shape", "before", "after", "effective_rank", "stable_rank")
    return [
        {key: row[key] for key in kept} | {"energy_rank": lowrank.energy_rank(ground.base[row["name"]])}
        for row in spectrum_rows(ground.base, ground.initial)
    ]


def noise(initial, trained):
    """{"initial", "trained": the noise of the initialisation, and the noise that the trained spectrum's median tells of}.

    Each with sigma, the edge and the threshold, how many of the matrix's own singular values are beyond, and its density.
    """
    parts = {"initial": (initial, float(initial.std())), "trained": (trained, None)}
    return {"noise": {key: describe(W, sigma) for key, (W, sigma) in parts.items()}}


def describe(W, sigma):
    count, threshold, sigma = lowrank.beyond_noise(W, sigma)
    lower, edge = lowrank.noise_edges(*W.shape, sigma)
    s = np.linspace(0.02 * edge, 1.02 * edge, POINTS)
    density = lowrank.noise_density(s, *W.shape, sigma)
    return {
        "count": count, "threshold": threshold, "sigma": sigma, "edge": edge,
        "lower": lower, "s": s.tolist(), "density": density.tolist(),
    }  # fmt: skip


def finding(data):
    matrices = data["matrices"]
    before, after = (mean(row["noise"][key]["count"] for row in matrices) for key in ("initial", "trained"))
    grown = mean(row["noise"]["trained"]["sigma"] / row["noise"]["initial"]["sigma"] for row in matrices)
    most = max(matrices, key=lambda row: row["noise"]["trained"]["count"])
    return (
        f"Before training {before:.1f} singular values of a matrix are beyond its noise, after it {after:.1f} (means of "
        f"{len(matrices)}; most in {most['name']}: {most['noise']['trained']['count']} of {len(most['after'])}), and what looks "
        f"like noise has grown {grown:.1f} times. Effective rank {mean(row['effective_rank'] for row in matrices):.0f}, stable "
        f"rank {mean(row['stable_rank'] for row in matrices):.1f}."
    )


def table(data):
    head = ("matrix", "largest", "edge of its noise", "beyond", "stable rank", "effective rank", "90 % energy")
    return [head] + [
        [row["name"], row["after"][0], row["noise"]["trained"]["edge"], row["noise"]["trained"]["count"]]
        + [row["stable_rank"], row["effective_rank"], row["energy_rank"]]
        for row in data["matrices"]
    ]


ANALYSIS = Analysis("spectra", "Trained and initial spectra, and the noise that matches", measure, finding, table)
