"""What the exercises of lesson 19, on rank and subspaces, are tried on."""

import numpy as np
import scipy.linalg

from minilora.course.inputs.given import inputs, products


@inputs("lowrank.subspaces.subspace_similarity")
def subspace_similarity_inputs(rng):
    A1, A2 = rng.standard_normal((4, 9)), rng.standard_normal((5, 9))
    inside = rng.standard_normal((4, 4)) @ A1
    return [
        ("two random factors", {"A1": A1, "A2": A2, "i": 2, "j": 4}),
        ("one subspace within the other", {"A1": A1, "A2": inside, "i": 3, "j": 4}),
    ]


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


@inputs("lowrank.gauge.balanced", results=products)
def balanced_inputs(rng):
    A, B = rng.standard_normal((3, 7)), rng.standard_normal((5, 3))
    return [("any factors", {"A": A, "B": B}), ("a start of LoRA", {"A": A, "B": 0 * B}), ("tall", {"A": 9 * B.T, "B": A.T})]
