"""What the exercises on what LoRA is not, and on its cost, lessons 24 to 27, are tried on."""

import numpy as np

from minilora.course.inputs.given import inputs


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


@inputs("experiments.systems.attacks.climb", results=lambda returned: {"r": returned})
def climb_inputs(rng):
    r, g = rng.standard_normal((2, 4, 3, 5))
    lengths = np.array([0.1, 0.5, 0.9, 1.0]).reshape(4, 1, 1)
    r = lengths * r / np.sqrt((r * r).sum(axis=(1, 2), keepdims=True))
    return [
        ("from the middle", {"r": 0 * r, "g": g, "step": 0.4, "delta": 1.0}),
        ("some stay within, some leave", {"r": r, "g": g, "step": 0.4, "delta": 1.0}),
        ("vectors, a step twice the ball", {"r": r[:, 0], "g": g[:, 0], "step": 1.4, "delta": 0.7}),
    ]


def _linear(rng, n, d):
    """Examples, their classes and the weights of a linear model."""
    return {"X": rng.standard_normal((n, d)), "y": rng.choice([-1.0, 1.0], n), "w": rng.standard_normal(d)}


def _loss_and_dw(returned):
    return dict(zip(("L", "dw"), returned, strict=True))


@inputs("experiments.systems.adversarial.linear_fgm", results=_loss_and_dw)
def linear_fgm_inputs(rng):
    return [
        ("six examples", {**_linear(rng, 6, 5), "delta": 0.7}),
        ("one, and a longer move", {**_linear(rng, 1, 3), "delta": 1.5}),
    ]


@inputs("experiments.systems.adversarial_neighbours.linear_freelb", results=_loss_and_dw)
def linear_freelb_inputs(rng):
    return [
        ("six examples", {**_linear(rng, 6, 5), "u": rng.uniform(-1, 1, (6, 5)), "delta": 0.7}),
        ("two, and a longer move", {**_linear(rng, 2, 3), "u": rng.uniform(-1, 1, (2, 3)), "delta": 1.5}),
    ]


@inputs(
    "experiments.systems.adversarial_neighbours.divergence",
    results=lambda returned: dict(zip(("D(a, b)", "da", "db"), returned, strict=True)),
)
def divergence_inputs(rng):
    a, b = rng.standard_normal((2, 4, 5))
    return [("four rows", {"a": a, "b": b}), ("rows that hardly differ", {"a": a, "b": a + 0.01 * b})]


@inputs(
    "experiments.systems.adversarial_neighbours.smart_loss",
    results=lambda returned: dict(zip(("L", "dclean", "dmoved"), returned, strict=True)),
)
def smart_loss_inputs(rng):
    clean, moved = rng.standard_normal((2, 2, 3, 5))
    targets = np.array([[4, -100, 1], [0, 3, 3]])
    return [(f"lambda {weight}", {"clean": clean, "moved": moved, "targets": targets, "weight": weight}) for weight in (1.0, 2.5)]


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


@inputs("experiments.reach.share_between")
def share_between_inputs(rng):
    T, W = rng.standard_normal((2, 5, 8))
    tall, frozen = rng.standard_normal((2, 9, 4))
    k = np.arange(4)
    return [
        ("LoRA-XS, r = 2", {"T": T, "W": W, "places": np.maximum.outer(np.arange(5), np.arange(5)) < 2}),
        ("SVFT, a band below", {"T": tall, "W": frozen, "places": np.isin(np.subtract.outer(k, k), (0, 1))}),
    ]


@inputs("experiments.reach.lokr_share")
def lokr_share_inputs(rng):
    near = np.kron(rng.standard_normal((3, 2)), rng.standard_normal((2, 5))) + 0.3 * rng.standard_normal((6, 10))
    return [
        ("near a Kronecker product", {"T": near, "a": 3, "c": 2}),
        ("far from one", {"T": rng.standard_normal((8, 6)), "a": 2, "c": 3}),
    ]
