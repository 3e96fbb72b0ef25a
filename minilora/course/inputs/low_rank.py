"""What the exercises on low rank, lessons 12 to 15, are tried on."""

import numpy as np

from minilora.course.inputs.given import inputs, products


@inputs("lowrank.truncation.truncate")
def truncate_inputs(rng):
    return [
        ("a wide matrix", {"W": rng.standard_normal((5, 7)), "rank": 3}),
        ("a tall one", {"W": rng.standard_normal((8, 6)), "rank": 2}),
        ("a square one", {"W": rng.standard_normal((6, 6)), "rank": 4}),
    ]


@inputs("lowrank.truncation.factors", results=products)
def factors_inputs(rng):
    return truncate_inputs(rng)


def _tail(returned):
    """The two errors by the left sides of their formulas."""
    return dict(zip(("norm_F(W - W_r)", "norm_2(W - W_r)"), returned, strict=True))


@inputs("lowrank.truncation.truncation_error", results=_tail)
def truncation_error_inputs(rng):
    W = rng.standard_normal((5, 7))
    return [("a wide matrix", {"W": W, "rank": 2}), ("at full rank", {"W": W, "rank": 5}), *truncate_inputs(rng)[1:]]


def _triplets(returned):
    """What is unique of singular triplets: signs are free."""
    U, sigma, Vt = returned
    return {"sigma": sigma, "U U^T": U @ U.T, "V V^T": Vt.T @ Vt, "U diag(sigma) V^T": (U * sigma) @ Vt}


@inputs("lowrank.truncation.svd", results=_triplets)
def svd_inputs(rng):
    return [(label, {"W": sets["W"]}) for label, sets in truncate_inputs(rng)]


@inputs("lowrank.randomized.sketch_bound", results=lambda returned: {"bound": returned})
def sketch_bound_inputs(rng):
    return [
        ("no power passes", {"r": 5, "p": 3, "q": 0, "k": 40}),
        ("two", {"r": 3, "p": 8, "q": 2, "k": 17}),
    ]


@inputs("lowrank.randomized.sketched_svd", results=_triplets)
def sketched_svd_inputs(rng):
    tall, wide = rng.standard_normal((11, 8)), rng.standard_normal((9, 13))
    return [
        ("no power passes", {"W": tall, "Omega": rng.standard_normal((8, 5)), "rank": 3, "n_iter": 0}),
        ("two", {"W": wide, "Omega": rng.standard_normal((13, 4)), "rank": 2, "n_iter": 2}),
    ]


def _spectra(rng):
    return [
        ("a wide matrix", {"W": rng.standard_normal((5, 7))}),
        ("one of rank 2", {"W": np.diag([3.0, 2.0, 0.0, 0.0])}),
        ("zeros", {"W": np.zeros((4, 3))}),
    ]


@inputs("lowrank.ranks.effective_rank")
def effective_rank_inputs(rng):
    return _spectra(rng)


@inputs("lowrank.ranks.stable_rank")
def stable_rank_inputs(rng):
    return _spectra(rng)


@inputs("lowrank.ranks.energy_rank")
def energy_rank_inputs(rng):
    W = rng.standard_normal((9, 12))
    shares = [(f"a share of {share}", {"W": W, "share": share}) for share in (0.3, 0.7, 0.95)]
    return [*shares, *((label, {**given, "share": 0.9}) for label, given in _spectra(rng)[1:])]


@inputs("lowrank.noise.noise_density")
def noise_density_inputs(rng):
    return [
        ("a wide matrix", {"s": np.linspace(0.1, 5.0, 12), "m": 7, "n": 11, "sigma": 0.6}),
        ("a tall one", {"s": np.linspace(0.1, 9.0, 11), "m": 24, "n": 5, "sigma": 1.3}),
    ]


@inputs("lowrank.noise.noise_edges", results=lambda edges: dict(zip(("lower", "upper"), edges, strict=True)))
def noise_edges_inputs(rng):
    return [("a tall matrix", {"m": 24, "n": 5, "sigma": 1.3}), ("a wide one", {"m": 7, "n": 11, "sigma": 0.6})]


@inputs("lowrank.noise.noise_median", results=lambda median: {"median": median})
def noise_median_inputs(rng):
    return [("a wide matrix", {"m": 7, "n": 40}), ("a square one", {"m": 9, "n": 9}), ("a tall one", {"m": 24, "n": 17})]


def _counted(returned):
    """Where the noise ends, its standard deviation, and how many are beyond."""
    count, threshold, sigma = returned
    return {"sigma": sigma, "threshold": threshold, "count": count}


@inputs("lowrank.noise.beyond_noise", results=_counted)
def beyond_noise_inputs(rng):
    noise = 0.3 * rng.standard_normal((17, 12))
    strong = noise + 4 * np.outer(np.ones(17), np.ones(12)) / 17**0.5
    return [("its sigma is known", {"W": strong, "sigma": 0.3}), ("its sigma is not", {"W": strong, "sigma": None})]


def _cut_matrix(returned):
    """The one result, by its name: in the formulas it stands behind a minimum."""
    return {"W_r": returned}


@inputs("lowrank.weighted.fisher_truncate", results=_cut_matrix)
def fisher_truncate_inputs(rng):
    return [
        ("a wide matrix", {"W": rng.standard_normal((5, 7)), "rank": 3, "fisher": rng.random((5, 7)) ** 3}),
        ("a square one", {"W": rng.standard_normal((6, 6)), "rank": 2, "fisher": rng.random((6, 6)) ** 3}),
    ]


@inputs("lowrank.weighted.activation_truncate", results=_cut_matrix)
def activation_truncate_inputs(rng):
    X, few = rng.standard_normal((20, 7)) * np.arange(1, 8), rng.standard_normal((4, 6))
    return [
        ("a wide matrix", {"W": rng.standard_normal((5, 7)), "rank": 3, "gram": X.T @ X}),
        ("inputs of rank 4", {"W": rng.standard_normal((8, 6)), "rank": 2, "gram": few.T @ few}),
    ]


@inputs("lowrank.weighted.diagonal_truncate", results=_cut_matrix)
def diagonal_truncate_inputs(rng):
    sizes = np.array([0.1, 7, 0.5, 2, 0, 3])  # one input was never seen
    return [
        ("a wide matrix", {"W": rng.standard_normal((5, 7)), "rank": 3, "magnitudes": rng.random(7) ** 4, "alpha": 0.5}),
        ("an input never seen", {"W": rng.standard_normal((8, 6)), "rank": 2, "magnitudes": sizes, "alpha": 1.3}),
    ]


def _lines(directions):
    """(k, n, n): for each row v the matrix v v^T, which does not know v's sign."""
    return np.asarray(directions)[:, :, None] * np.asarray(directions)[:, None]


def _components(returned):
    """What is unique of a PCA: signs of directions are free."""
    mean, V, variance, share, error = returned
    return {"mean": mean, "V_k": _lines(V), "var_i": variance, "share": share, "norm_F(X - X_k)": error}


@inputs("lowrank.pca.fit", results=_components)
def pca_fit_inputs(rng):
    shift, stretch = 3 * rng.standard_normal(5), np.array([5.0, 3, 2, 1, 0.5])
    return [
        ("many points", {"X": rng.standard_normal((17, 5)) * stretch + shift, "k": 2}),
        ("few points", {"X": rng.standard_normal((4, 7)), "k": 2}),
    ]


@inputs("lowrank.pca.project")
def project_inputs(rng):
    sets = []
    for label, N, n, k in (("two directions of five", 7, 5, 2), ("one of three", 4, 3, 1)):
        Q, _ = np.linalg.qr(rng.standard_normal((n, k)))
        X = rng.standard_normal((N, n)) + 2
        sets.append((label, {"X": X, "mean": rng.standard_normal(n) + 1, "components": np.ascontiguousarray(Q.T)}))
    return sets


@inputs("lowrank.lda.whitening", results=lambda P: {"P P^T": np.asarray(P) @ np.asarray(P).T})
def whitening_inputs(rng):
    X, few = rng.standard_normal((19, 5)) * np.arange(1, 6), rng.standard_normal((3, 7))
    return [
        ("of many points", {"S_w": X.T @ X, "ridge": 0.0}),
        ("of few points, with a ridge", {"S_w": few.T @ few, "ridge": 0.2}),
    ]


def _discriminants(returned):
    """What is unique of an LDA: signs of directions are free."""
    mean, W, ratios = returned
    return {"mean": mean, "w_i": _lines(W), "lambda_i": ratios}


@inputs("lowrank.lda.fit", results=_discriminants)
def lda_fit_inputs(rng):
    y = rng.permutation(np.repeat([2, 3, 7], [5, 9, 13]))
    X = rng.standard_normal((8, 4))[y] + rng.standard_normal((27, 4)) @ rng.standard_normal((4, 4)) + 2
    two = (y == 7).astype(int)
    return [
        ("three classes of different sizes", {"X": X, "y": y, "k": 2, "ridge": 0.0}),
        ("two classes, one direction, a ridge", {"X": X, "y": two, "k": 1, "ridge": 0.1}),
    ]


@inputs("experiments.systems.iterative.thresholded_step")
def thresholded_step_inputs(rng):
    low = rng.standard_normal((5, 2)) @ rng.standard_normal((2, 7))
    return [
        ("from a matrix within the bound", {"W": low, "G": rng.standard_normal((5, 7)), "eta": 0.3, "r": 2}),
        ("from one beyond it", {"W": rng.standard_normal((8, 6)), "G": rng.standard_normal((8, 6)), "eta": 0.7, "r": 3}),
    ]


@inputs("lowrank.projection.expand")
def expand_inputs(rng):
    return [
        ("a few directions", {"z": rng.standard_normal(5), "seed": 3, "D": 41}),
        ("more than one block of them", {"z": rng.standard_normal(700), "seed": 8, "D": 1800}),
    ]


@inputs("lowrank.projection.reduce")
def reduce_inputs(rng):
    return [
        ("a few directions", {"g": rng.standard_normal(41), "seed": 3, "d": 5}),
        ("more than one block of them", {"g": rng.standard_normal(1800), "seed": 8, "d": 700}),
    ]


@inputs("lowrank.intruders.intruder_dimensions", results=lambda found: dict(zip(("intruders", "c_j"), found, strict=True)))
def intruder_dimensions_inputs(rng):
    (U, _), (V, _) = (np.linalg.qr(rng.standard_normal((side, side))) for side in (9, 5))
    W0 = (U[:, :5] * [8.0, 6, 4, 2, 1]) @ V.T
    W1 = (U[:, [4, 7, 3, 0, 1]] * [9.0, 7, 5, 3, 1]) @ V + 0.1 * rng.standard_normal((9, 5))
    return [
        ("one new direction, weak ones made strong", {"W0": W0, "W1": W1, "k": 3, "eps": 0.7}),
        ("a wide matrix", {"W0": rng.standard_normal((6, 11)), "W1": rng.standard_normal((6, 11)), "k": 5, "eps": 0.6}),
    ]
