"""What the exercises on what LoRA is not, and on its cost, lessons 23 to 27, are tried on."""

import numpy as np

from minilora.course.inputs.given import inputs


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
