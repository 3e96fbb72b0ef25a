"""What the exercises that ask for a plain function are tried on. (A registered op brings its own inputs.)"""

from dataclasses import dataclass
from types import FunctionType

import numpy as np
import scipy.linalg

INPUTS = {}


@dataclass(frozen=True)
class Inputs:
    """The sets of arguments of one function, and what of its results is compared."""

    sets: FunctionType  # sets(rng) -> [(label, {argument: array, number, string or None})]
    results: FunctionType | None  # results(returned) -> {name: array}, all of it unique; None: what is returned is


def inputs(target, results=None):
    """Decorator: the function below gives the sets of arguments for minilora.`target`."""

    def keep(sets):
        INPUTS[target] = Inputs(sets, results)
        return sets

    return keep


@inputs("lowrank.subspaces.subspace_similarity")
def subspace_similarity_inputs(rng):
    A1, A2 = rng.standard_normal((4, 9)), rng.standard_normal((5, 9))
    inside = rng.standard_normal((4, 4)) @ A1
    return [
        ("two random factors", {"A1": A1, "A2": A2, "i": 2, "j": 4}),
        ("one subspace within the other", {"A1": A1, "A2": inside, "i": 3, "j": 4}),
    ]


@inputs("training.steps.sgd_step", results=lambda returned: dict(zip(("p", "m"), returned, strict=True)))
def sgd_step_inputs(rng):
    p, g, m = rng.standard_normal((3, 5, 7))
    return [
        ("with momentum", {"p": p, "g": g, "m": m, "lr": 0.03, "momentum": 0.8}),
        ("without", {"p": p, "g": g, "m": m, "lr": 0.2, "momentum": 0.0}),
    ]


@inputs("training.steps.adam_step", results=lambda returned: dict(zip(("p", "m", "v"), returned, strict=True)))
def adam_step_inputs(rng):
    p, g, m = rng.standard_normal((3, 5, 7))
    rest = {"beta1": 0.8, "beta2": 0.97, "eps": 1e-3}
    zeros = {"m": 0 * p, "v": 0 * p}
    return [
        ("the first step", {"p": p, "g": g, **zeros, "t": 1, "lr": 0.02, **rest}),
        ("a later one", {"p": p, "g": g, "m": m, "v": m * m + 0.1, "t": 6, "lr": 0.02, **rest}),
        ("with weight decay", {"p": p, "g": g, "m": m, "v": m * m + 0.1, "t": 6, "lr": 0.02, **rest, "weight_decay": 0.3}),
        ("a small gradient", {"p": p, "g": 1e-4 * g, **zeros, "t": 1, "lr": 0.02, **rest}),
    ]


@inputs("training.clip.clipped")
def clipped_inputs(rng):
    g = rng.standard_normal(17)
    bad = g.copy()
    bad[3] = float("inf")
    return [
        ("a long gradient", {"g": g, "max_norm": 0.5}),
        ("a short one", {"g": g, "max_norm": 30.0}),
        ("one that is not finite", {"g": bad, "max_norm": 0.5}),
    ]


@inputs("training.schedules.warmup_cosine_factor")
def warmup_cosine_factor_inputs(rng):
    steps = {"the first step": 0, "within the warm-up": 3, "its last": 6, "falling": 11, "the last of all": 22, "after it": 40}
    sets = [(label, {"step": step, "warmup": 7, "total": 23, "floor": 0.2}) for label, step in steps.items()]
    return [*sets, ("no warm-up", {"step": 0, "warmup": 0, "total": 23, "floor": 0.2})]


@inputs("data.batches.inputs_and_targets", results=lambda returned: dict(zip(("inputs", "targets"), returned, strict=True)))
def inputs_and_targets_inputs(rng):
    ids = rng.permutation(41) + 100
    return [
        ("three windows", {"ids": ids, "starts": rng.choice(41 - 5, 3, replace=False), "block_size": 5}),
        ("the last that fits", {"ids": ids, "starts": rng.permutation([41 - 8, 0]), "block_size": 7}),
    ]


@inputs("data.ngrams.bigram")
def bigram_inputs(rng):
    return [
        ("every token seen", {"ids": rng.integers(0, 5, 60), "n_vocab": 5, "c": 0.5}),
        ("tokens that never occur", {"ids": rng.integers(0, 4, 30), "n_vocab": 7, "c": 1.0}),
    ]


@inputs("nn.generation.candidates", results=lambda returned: dict(zip(("tokens", "P"), returned, strict=True)))
def candidates_inputs(rng):
    logits = 2 * rng.standard_normal((3, 11))
    cuts = {"all tokens": {}, "top-k": {"top_k": 4}, "top-p": {"top_p": 0.7}, "both": {"top_k": 3, "top_p": 0.8}}
    return [(label, {"logits": logits, "temperature": 0.6, "top_k": None, "top_p": None, **cut}) for label, cut in cuts.items()]


@inputs("lowrank.truncation.truncate")
def truncate_inputs(rng):
    return [
        ("a wide matrix", {"W": rng.standard_normal((5, 7)), "rank": 3}),
        ("a tall one", {"W": rng.standard_normal((8, 6)), "rank": 2}),
        ("a square one", {"W": rng.standard_normal((6, 6)), "rank": 4}),
    ]


def _products(returned):
    """What is unique of two factors: their product, and their sizes if they are balanced."""
    A, B = returned
    return {"B A": B @ A, "A A^T": A @ A.T, "B^T B": B.T @ B}


@inputs("lowrank.truncation.factors", results=_products)
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


def _components(returned):
    """What is unique of a PCA: signs of directions are free."""
    mean, V, variance, share, error = returned
    return {"mean": mean, "V_k": _lines(V), "var_i": variance, "share": share, "norm_F(X - X_k)": error}


def _lines(directions):
    """(k, n, n): for each row v the matrix v v^T, which does not know v's sign."""
    return np.asarray(directions)[:, :, None] * np.asarray(directions)[:, None]


@inputs("lowrank.pca.fit", results=_components)
def pca_fit_inputs(rng):
    shift, stretch = 3 * rng.standard_normal(5), np.array([5.0, 3, 2, 1, 0.5])
    return [
        ("many points", {"X": rng.standard_normal((17, 5)) * stretch + shift, "k": 2}),
        ("few points", {"X": rng.standard_normal((4, 7)), "k": 2}),
    ]


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


@inputs("training.lora_fa.projected_gradient")
def projected_gradient_inputs(rng):
    A, G = rng.standard_normal((3, 7)), rng.standard_normal((5, 7))
    return [
        ("rows of different lengths", {"dB": 1.4 * G @ A.T, "A": A, "s": 1.4}),
        ("another scale", {"dB": rng.standard_normal((4, 2)), "A": 0.3 * rng.standard_normal((2, 9)), "s": 0.3}),
    ]


def _factors_and_product(returned):
    """A and B up to the signs that are free, and their product, which is not."""
    A, B = (np.asarray(part) for part in returned)
    return {"A": abs(A), "B": abs(B), "B A": B @ A}


@inputs("adapters.pissa.pissa_start", results=_factors_and_product)
def pissa_start_inputs(rng):
    return [
        ("a wide matrix", {"W": rng.standard_normal((5, 7)), "r": 3, "s": 1.4}),
        ("a tall one, another scale", {"W": rng.standard_normal((8, 4)), "r": 2, "s": 0.3}),
    ]


def _factors(returned):
    """A and B up to the signs of A's rows and B's columns, each of which is free."""
    A, B = (np.asarray(part) for part in returned)
    return {"A": A[:, :1] * A, "B": B[:1] * B}


@inputs("adapters.lora_ga.lora_ga_start", results=_factors)
def lora_ga_start_inputs(rng):
    return [
        ("a wide gradient", {"G": rng.standard_normal((6, 9)), "r": 3, "c": 1.7}),
        ("a tall one", {"G": rng.standard_normal((11, 5)), "r": 2, "c": 0.6}),
    ]


@inputs("adapters.olora.olora_start", results=_factors_and_product)
def olora_start_inputs(rng):
    return [
        ("a wide matrix", {"W": rng.standard_normal((5, 7)), "r": 3}),
        ("a tall one", {"W": rng.standard_normal((8, 4)), "r": 2}),
    ]


@inputs("adapters.eva.eva_start", results=lambda A: {"A": np.asarray(A)[:, :1] * np.asarray(A)})
def eva_start_inputs(rng):
    return [
        ("more rows than inputs", {"X": rng.standard_normal((11, 6)) + 1.0, "r": 3}),
        ("fewer rows", {"X": rng.standard_normal((4, 9)), "r": 2}),
    ]


@inputs("quantize.normal_levels", results=lambda levels: {"level": np.asarray(levels)})
def normal_levels_inputs(rng):
    return [
        ("NF4's own", {"last": 1 - (1 / 30 + 1 / 32) / 2, "above": 8, "below": 7}),
        ("another end and other counts", {"last": 0.9, "above": 5, "below": 3}),
    ]


@inputs("quantize.nearest_codes")
def nearest_codes_inputs(rng):
    levels = np.sort(rng.uniform(-1, 1, 11))
    return [
        ("uneven levels", {"relative": rng.uniform(-1, 1, (5, 23)), "levels": levels}),
        ("values beyond the ends", {"relative": rng.uniform(-2, 2, (3, 17)), "levels": levels[2:9]}),
    ]


@inputs("quantize.pack")
def pack_inputs(rng):
    return [
        ("an even number", {"codes": rng.integers(0, 16, (3, 8), dtype="uint8")}),
        ("an odd number", {"codes": rng.integers(1, 16, (2, 7), dtype="uint8")}),
    ]


@inputs("quantize.unpack")
def unpack_inputs(rng):
    return [
        ("an even number", {"packed": rng.integers(0, 256, (3, 4), dtype="uint8"), "n": 8}),
        ("an odd number", {"packed": rng.integers(0, 256, (2, 5), dtype="uint8"), "n": 9}),
    ]


@inputs("ops.heads.split_heads")
def split_heads_inputs(rng):
    return [
        ("two heads of 7", {"x": rng.standard_normal((3, 5, 14)), "heads": 2}),
        ("one sequence, five heads of 2", {"x": rng.standard_normal((1, 3, 10)), "heads": 5}),
    ]


@inputs("ops.heads.join_heads")
def join_heads_inputs(rng):
    return [
        ("two heads of 7", {"y": rng.standard_normal((3, 2, 5, 7))}),
        ("one sequence, five heads of 2", {"y": rng.standard_normal((1, 5, 3, 2))}),
    ]


@inputs("ops.attention.causal_bias")
def causal_bias_inputs(rng):
    like = rng.standard_normal(2)
    return [
        ("as many queries as keys", {"like": like, "T": 5, "S": 5}),
        ("three queries after four earlier keys", {"like": like, "T": 3, "S": 7}),
        ("in single precision", {"like": like.astype("float32"), "T": 2, "S": 3}),
    ]


@inputs("ops.attention.mask_bias")
def mask_bias_inputs(rng):
    like, mask = rng.standard_normal(2), rng.random((3, 5)) < 0.6
    mask[0, :2] = False, True
    return [
        ("three sequences", {"like": like, "mask": mask}),
        ("in single precision", {"like": like.astype("float32"), "mask": ~mask}),
    ]


@inputs("ops.attention.masked_softmax")
def masked_softmax_inputs(rng):
    scores = rng.standard_normal((2, 3, 5, 7))
    hidden = scores.copy()
    hidden[rng.random(scores.shape) < 0.4] = -float("inf")
    hidden[0, 1, 2], hidden[1, 0, :2] = -float("inf"), -float("inf")
    return [
        ("nothing hidden", {"scores": scores}),
        ("some keys hidden, and three queries that see none", {"scores": hidden}),
        ("large scores", {"scores": 1000 * scores[0]}),
    ]


@inputs("gradcheck.differences.richardson")
def richardson_inputs(rng):
    wide, narrow = rng.standard_normal((2, 7))
    return [
        ("half the step", {"wide": wide, "narrow": narrow, "q": 0.5}),
        ("another ratio", {"wide": wide, "narrow": narrow, "q": 0.618}),
    ]


@inputs("gradcheck.verdict.relative_error")
def relative_error_inputs(rng):
    numeric = rng.standard_normal((3, 5))
    numeric[0, :2] = 1e-7, 0.0
    analytic = numeric * (1 + 1e-3 * rng.standard_normal((3, 5))) + 1e-9 * (numeric != 0)
    broken = 1000 * analytic
    broken[1, 3] = np.nan
    return [
        ("small errors, and an entry near zero", {"analytic": analytic, "numeric": numeric}),
        ("far too large, and one NaN", {"analytic": broken, "numeric": numeric}),
    ]


@inputs("gradcheck.complex_step.polynomial_slope")
def polynomial_slope_inputs(rng):
    return [
        ("a tiny step", {"c": rng.standard_normal(5), "x": rng.standard_normal((2, 3)), "h": 1e-30}),
        ("a step that shows", {"c": rng.standard_normal(4), "x": rng.standard_normal(7), "h": 0.1}),
    ]


@inputs("gradcheck.diagnosis.fitting.ratio", results=lambda returned: dict(zip(("factor", "spread"), returned, strict=True)))
def ratio_inputs(rng):
    n = rng.standard_normal((3, 5))
    n[0, 0] = 1e-6
    rows = np.array([[0.5], [2.0], [3.0]])
    return [
        ("a factor that changes from row to row", {"a": rows * n + 1e-5 * (n == 1e-6), "n": n}),
        ("a negative one", {"a": -1.4 * n + 0.01 * rng.standard_normal((3, 5)) * (n != 1e-6), "n": n}),
    ]


@inputs("gradcheck.diagnosis.fitting.fit_along")
def fit_along_inputs(rng):
    d, K = rng.standard_normal((4, 5, 7)), rng.standard_normal((2, 4, 5, 7))
    K[0] = 1.0
    return [
        ("ones and another array, along the last axis", {"d": d, "K": K, "axis": 2}),
        ("along the first axis", {"d": d, "K": K, "axis": 0}),
        ("one array, along the middle", {"d": d, "K": K[1:], "axis": 1}),
    ]


@inputs("training.adalora.budget")
def budget_inputs(rng):
    steps = {"before it falls": 3, "just after": 12, "half way": 25, "near the end": 37, "long after": 90}
    return [(label, {"t": t, "t_init": 10, "t_final": 40, "b_init": 96, "b_target": 31}) for label, t in steps.items()]


@inputs("training.adalora.importance", results=lambda returned: dict(zip("IU", returned, strict=True)))
def importance_inputs(rng):
    theta, g, I, U = rng.standard_normal((4, 5, 3))
    return [
        ("the first step", {"I": 0 * I, "U": 0 * U, "theta": theta, "g": g, "beta": 0.85}),
        ("a later one", {"I": abs(I), "U": abs(U), "theta": theta, "g": g, "beta": 0.6}),
    ]


@inputs("training.adalora.triplet_scores")
def triplet_scores_inputs(rng):
    return [
        (label, {"s_P": rng.random((n_out, r)), "s_lam": rng.random(r), "s_Q": rng.random((r, n_in))})
        for label, n_out, r, n_in in (("a wide layer", 4, 3, 7), ("a tall one", 9, 2, 5))
    ]


@inputs("training.adalora.masked")
def masked_inputs(rng):
    return [(f"{b} of 7 stay", {"lam": rng.standard_normal(7), "S": rng.permutation(7) + 0.5, "b": b}) for b in (5, 2)]


@inputs("training.relora.largest", results=lambda returned: {"keep": np.asarray(returned, dtype=float)})
def largest_inputs(rng):
    m = rng.standard_normal((4, 5))
    return [(f"a share of {share}", {"m": m, "share": share}) for share in (0.35, 0.1, 0.01)]


@inputs("training.projected.leading_directions", results=lambda P: {"P P^T": P @ P.T, "P^T P": P.T @ P})
def leading_directions_inputs(rng):
    return [
        ("a wide gradient", {"G": rng.standard_normal((5, 8)), "r": 2}),
        ("a square one", {"G": rng.standard_normal((6, 6)), "r": 3}),
    ]


@inputs("adapters.costs.lora_values")
def lora_values_inputs(rng):
    return [
        ("one wide map", {"shapes": np.array([[5, 11]]), "r": 3}),
        ("three maps", {"shapes": np.array([[7, 7], [28, 7], [7, 28]]), "r": 2}),
    ]


@inputs("adapters.costs.training_bytes")
def training_bytes_inputs(rng):
    return [
        ("Adam in float32", {"frozen": 1000, "trained": 37}),
        ("one moment, in 16 bits", {"frozen": 170, "trained": 23, "moments": 1, "itemsize": 2}),
        ("nothing frozen", {"frozen": 0, "trained": 91}),
    ]


@inputs("adapters.costs.step_operations", results=lambda count: {"operations": np.asarray(count)})
def step_operations_inputs(rng):
    sizes = {"n_in": 7, "n_out": 11, "M": 5}
    return [(label, {**sizes, "r": r}) for label, r in (("in full", None), ("frozen, no adapter", 0), ("LoRA of rank 3", 3))]


@inputs("adapters.spec.matches", results=lambda match: {"match": np.asarray(match, dtype=float)})
def matches_inputs(rng):
    cases = {
        "a dotted end": ("blocks.0.attn.q", "attn.q"),
        "a longer name": ("blocks.0.attn.qkv", "attn.q"),
        "an end that begins within a word": ("blocks.0.crossattn.q", "attn.q"),
        "a beginning": ("blocks.0.attn.q", "attn"),
        "the whole name": ("embed", "embed"),
        "a star for a whole part": ("blocks.3.mlp.up", "blocks.*.mlp.*"),
        "a star behind a dotted end": ("blocks.3.mlp.up", "mlp.*"),
        "a dot is a dot": ("blocks.0.attnxq", "attn.q"),
        "a capital": ("blocks.0.attn.Q", "attn.q"),
    }
    return [(label, {"layer_name": name, "pattern": pattern}) for label, (name, pattern) in cases.items()]


@inputs("adapters.combine.share", results=lambda returned: dict(zip("AB", returned, strict=True)))
def share_inputs(rng):
    A, B = rng.standard_normal((3, 7)), rng.standard_normal((5, 3))
    return [("above 0", {"A": A, "B": B, "ws": 2.7}), ("below 0", {"A": A, "B": B, "ws": -0.4})]


@inputs("adapters.combine.cat", results=lambda returned: {"B A": returned[1] @ returned[0], "rank": np.asarray(len(returned[0]))})
def cat_inputs(rng):
    return [
        (label, {f"{name}{i}": array for i, r in ((1, r1), (2, r2)) for name, array in _pair(rng, r)})
        for label, r1, r2 in (("of one rank", 3, 3), ("of different ranks", 2, 4))
    ]


@inputs("adapters.combine.cross_terms", results=lambda cross: {"cross terms": cross})
def cross_terms_inputs(rng):
    return cat_inputs(rng)[:1]


@inputs("adapters.combine.recut", results=_products)
def recut_inputs(rng):
    return [
        ("from rank 4 to 2", {**dict(_pair(rng, 4)), "r": 2}),
        ("to one", {"A": rng.standard_normal((3, 5)), "B": rng.standard_normal((9, 3)), "r": 1}),
        ("only balanced anew", {**dict(_pair(rng, 3)), "r": 3}),
    ]


def _pair(rng, r):
    """The factors of one adapter, by name."""
    return ("A", rng.standard_normal((r, 8))), ("B", rng.standard_normal((6, r)))


@inputs("experiments.systems.attacks.along")
def along_inputs(rng):
    text, still = rng.standard_normal((2, 3, 4)), rng.standard_normal((3, 5))
    still[1] = 0
    return [
        ("two texts of three tokens", {"g": text, "delta": 0.3}),
        ("three vectors, one of them zero", {"g": still, "delta": 2.0}),
    ]


@inputs("experiments.systems.attacks.into_ball")
def into_ball_inputs(rng):
    r = rng.standard_normal((4, 3, 5))
    lengths = np.array([0.2, 0.9, 1.1, 4.0]).reshape(4, 1, 1)
    r = lengths * r / np.sqrt((r * r).sum(axis=(1, 2), keepdims=True))
    return [
        ("some within, some beyond", {"r": r, "delta": 1.0}),
        ("a larger ball", {"r": r, "delta": 1.3}),
        ("vectors, all beyond", {"r": 9 + rng.standard_normal((2, 7)), "delta": 0.5}),
    ]


@inputs("experiments.systems.attacks.text_distance")
def text_distance_inputs(rng):
    return [
        ("nine tokens", {"table": rng.standard_normal((6, 4)), "T": 9, "eps": 0.1}),
        ("rows of very different lengths", {"table": rng.standard_normal((5, 7)) * np.arange(5.0)[:, None], "T": 5, "eps": 0.02}),
    ]


@inputs("experiments.systems.article_network.shifted_loss")
def shifted_loss_inputs(rng):
    y = np.array([1, 0, 1, 1, 0, 0, 1])
    z = rng.standard_normal(7)
    return [
        ("outputs of both signs", {"z": z, "y": y, "eps": 0.1}),
        ("some surely right", {"z": np.where(np.arange(7) < 4, 6 * (2 * y - 1), z), "y": y, "eps": 0.1}),
        ("no shift", {"z": z, "y": y, "eps": 0.0}),
    ]


@inputs("experiments.systems.local_random.loss_floor")
def loss_floor_inputs(rng):
    true = rng.standard_normal((3, 6))
    return [
        ("seven of eighteen local", {"true": true, "local": rng.permutation(18).reshape(3, 6) < 7, "std": 0.5}),
        ("none", {"true": true, "local": np.zeros((3, 6), dtype=bool), "std": 0.5}),
    ]


@inputs("experiments.systems.svd_split.split_step")
def split_step_inputs(rng):
    sets = []
    for label, m, n in (("a wide matrix", 4, 6), ("a tall one", 7, 5)):
        W, W0, G = rng.standard_normal((3, m, n))
        sets.append((label, {"W": W, "W0": W0, "G": G, "eta": 0.2}))
    return sets


@inputs("lowrank.subspaces.random_similarity")
def random_similarity_inputs(rng):
    return [(f"{i} and {j} of {n} directions", {"i": i, "j": j, "n": n}) for i, j, n in ((2, 5, 11), (7, 3, 13), (4, 4, 4))]


@inputs("lowrank.subspaces.principal_angles", results=lambda returned: {"theta_l": returned})
def principal_angles_inputs(rng):
    A1, A2 = rng.standard_normal((4, 9)), rng.standard_normal((5, 9))
    near = A1 + 3e-5 * rng.standard_normal((4, 9))
    upright = np.concatenate([scipy.linalg.null_space(A1).T[:3], A1[:1]])
    return [
        ("two random factors", {"A1": A1, "A2": A2, "i": 2, "j": 4}),
        ("the larger one first", {"A1": A1, "A2": A2, "i": 4, "j": 3}),
        ("very small angles", {"A1": A1, "A2": near, "i": 4, "j": 4}),
        ("right angles, and one that is none", {"A1": A1, "A2": upright, "i": 4, "j": 4}),
    ]


@inputs("lowrank.amplification.random_share")
def random_share_inputs(rng):
    return [
        ("a wide matrix", {"norm": 7.3, "r": 3, "d1": 5, "d2": 11}),
        ("the paper's", {"norm": 61.95, "r": 64, "d1": 12288, "d2": 12288}),
    ]


def _shares(returned):
    """The parts by the left sides of their formulas."""
    factor, delta, own, weights, random = returned
    names = ("amplification", "norm_F(Delta W)", "share of W in r directions", "in W's own directions", "in random directions")
    return dict(zip(names, (factor, delta, own, weights, random), strict=True))


@inputs("lowrank.amplification.amplification", results=_shares)
def amplification_inputs(rng):
    W, U, V = rng.standard_normal((7, 5)), rng.standard_normal((7, 3)), rng.standard_normal((3, 5))
    return [
        ("at the rank of the change", {"W": W, "delta": U @ V, "r": 3}),
        ("in its first directions", {"W": W, "delta": U @ V + 0.3 * rng.standard_normal((7, 5)), "r": 2}),
    ]


@inputs("lowrank.gauge.gauge_transform", results=lambda returned: dict(zip(("R^-1 A", "B R"), returned, strict=True)))
def gauge_transform_inputs(rng):
    A, B, R = rng.standard_normal((3, 7)), rng.standard_normal((5, 3)), rng.standard_normal((3, 3))
    return [("any R", {"A": A, "B": B, "R": R}), ("a stretched one", {"A": A, "B": B, "R": np.diag([3.0, 0.5, -1])})]


@inputs("lowrank.gauge.balance")
def balance_inputs(rng):
    A, B = rng.standard_normal((3, 7)), rng.standard_normal((5, 3))
    return [("equal rates", {"A": A, "B": B}), ("B's rate 16 times A's", {"A": A, "B": B, "ratio": 16.0})]


@inputs("lowrank.gauge.balanced", results=_products)
def balanced_inputs(rng):
    A, B = rng.standard_normal((3, 7)), rng.standard_normal((5, 3))
    return [("any factors", {"A": A, "B": B}), ("a start of LoRA", {"A": A, "B": 0 * B}), ("tall", {"A": 9 * B.T, "B": A.T})]


@inputs("compress.pruning.budget_mask", results=lambda returned: {"M": np.asarray(returned, dtype=float)})
def budget_mask_inputs(rng):
    return [
        ("a third stays", {"s": rng.random((5, 7)), "share": 0.32}),
        ("most stay", {"s": rng.random((7, 3)) ** 4, "share": 0.8}),
        ("nothing stays", {"s": rng.random((4, 3)), "share": 0.0}),
        ("equal scores", {"s": rng.integers(0, 3, (4, 6)) + 0.0, "share": 0.55}),
    ]


@inputs("compress.distillation.distill", results=lambda returned: dict(zip(("L", "dstudent"), returned, strict=True)))
def distill_inputs(rng):
    student, teacher = rng.standard_normal((2, 2, 3, 5))
    targets = np.array([[4, -100, 1], [0, 3, 3]])
    weights = {"Hinton's weights": (0.3, 0.7, 2.5), "article A's": (1.0, 0.5, 1.0)}
    return [
        (label, {"student": student, "teacher": teacher, "targets": targets, "hard": hard, "soft": soft, "tau": tau})
        for label, (hard, soft, tau) in weights.items()
    ]


@inputs("compress.scores.obd", results=lambda returned: {"obd": returned})
def obd_inputs(rng):
    w, g = rng.standard_normal((2, 4, 6))
    return [("many batches", {"w": w, "g": g, "h": g * g + rng.random((4, 6))}), ("a single one", {"w": w, "g": g, "h": g * g})]


@inputs("compress.scores.with_batch", results=lambda returned: dict(zip("gh", returned, strict=True)))
def with_batch_inputs(rng):
    mean, g_b = rng.standard_normal((2, 4, 6))
    return [
        ("the first batch", {"mean": 0 * mean, "square": 0 * mean, "g_b": g_b, "n": 3}),
        ("a later one", {"mean": mean, "square": mean * mean + 0.2, "g_b": g_b, "n": 5}),
    ]


@inputs("compress.structured.unit_sums")
def unit_sums_inputs(rng):
    s = rng.random((15, 14))
    return [
        ("rows, from the first", {"s": s, "axis": 0, "start": 0, "width": 3, "n": 5}),
        ("rows, behind others", {"s": s, "axis": 0, "start": 5, "width": 2, "n": 4}),
        ("columns", {"s": s, "axis": 1, "start": 0, "width": 7, "n": 2}),
    ]


@inputs("compress.calibration.clipped", results=lambda returned: {"clip(W, -c, c)": returned})
def clipped_inputs_of_weights(rng):
    outlier = rng.standard_normal((6, 5))
    outlier[2, 3] = -40
    return [("nothing unusual", {"W": rng.standard_normal((5, 7)), "share": 0.8}), ("an outlier", {"W": outlier, "share": 0.9})]


@inputs("compress.calibration.scaled")
def scaled_inputs(rng):
    W, s = rng.standard_normal((4, 6)), np.exp(rng.standard_normal(6))
    return [
        ("4 bits, a scale a row", {"W": W, "s": s, "bits": 4, "block": "row"}),
        ("8 bits, blocks", {"W": W, "s": s, "bits": 8, "block": 4}),
    ]


@inputs("compress.calibration.output_error")
def output_error_inputs(rng):
    W, X = rng.standard_normal((4, 6)), rng.standard_normal((9, 6)) * np.exp(rng.standard_normal((9, 1)))
    return [("near", {"X": X, "W": W, "W_hat": np.rint(4 * W) / 4}), ("far off", {"X": X, "W": W, "W_hat": np.rint(W)})]


@inputs("experiments.roofline.product_intensity")
def product_intensity_inputs(rng):
    return [
        ("three sizes, in 32 bits", {"m": 5, "k": 7, "n": 11}),
        ("one row, in 16", {"m": 1, "k": 4096, "n": 1024, "itemsize": 2}),
    ]


@inputs("experiments.roofline.attainable")
def attainable_inputs(rng):
    machine = {"peak": 90.0, "band": 40.0}
    return [(label, {"intensity": i, **machine}) for label, i in (("left of the ridge", 0.5), ("right of it", 30.0))]


@inputs("experiments.roofline.bound_seconds")
def bound_seconds_inputs(rng):
    machine = {"peak": 90.0, "band": 40.0}
    return [
        ("memory decides", {"operations": 60.0, "traffic": 800.0, **machine}),
        ("arithmetic decides", {"operations": 9000.0, "traffic": 70.0, **machine}),
    ]


@inputs("experiments.roofline.attention_intensity")
def attention_intensity_inputs(rng):
    return [
        ("nine passes", {"T": 256, "D": 32, "passes": 9}),
        ("fused, in 16 bits", {"T": 512, "D": 64, "passes": 0, "itemsize": 2}),
    ]
