"""What the exercises of lesson 23, on pruning, distillation and calibration, are tried on."""

import numpy as np

from minilora.course.inputs.given import inputs


@inputs("compress.pruning.mask", results=lambda returned: {"mask": np.asarray(returned, dtype=float)})
def mask_inputs(rng):
    return [
        ("a third stays", {"s": rng.random((5, 7)), "share": 0.32}),
        ("most stay", {"s": rng.random((7, 3)) ** 4, "share": 0.8}),
        ("nothing stays", {"s": rng.random((4, 3)), "share": 0.0}),
        ("equal scores", {"s": rng.integers(0, 3, (4, 6)) + 0.0, "share": 0.55}),
        ("a threshold, F1", {"s": rng.integers(0, 5, (6, 4)) / 4, "threshold": 0.5}),
    ]


@inputs("compress.pruning.cut", results=lambda returned: {"a": returned})
def cut_inputs(rng):
    w, M = rng.standard_normal((5, 7)), rng.random((5, 7)) < 0.6
    overflowed = np.where(M, w, np.where(w > 0, np.inf, np.nan))
    return [("weights", {"a": w, "M": M}), ("a gradient that is not finite where nothing stays", {"a": overflowed, "M": M})]


@inputs("compress.distillation.distill", results=lambda returned: dict(zip(("L", "dstudent"), returned, strict=True)))
def distill_inputs(rng):
    student, teacher = rng.standard_normal((2, 2, 3, 5))
    targets = np.array([[4, -100, 1], [0, 3, 3]])
    weights = {"Hinton's weights": (0.3, 0.7, 2.5), "article A's": (1.0, 0.5, 1.0)}
    return [
        (label, {"student": student, "teacher": teacher, "targets": targets, "hard": hard, "soft": soft, "tau": tau})
        for label, (hard, soft, tau) in weights.items()
    ]


@inputs("compress.distillation.soft_label_distill", results=lambda returned: dict(zip(("L", "dstudent"), returned, strict=True)))
def soft_label_distill_inputs(rng):
    student, teacher = rng.standard_normal((2, 2, 3, 5))
    given = {"student": student, "teacher": teacher, "targets": np.array([[4, -100, 1], [0, 3, 3]])}
    return [("article A's weight", {**given, "weight": 0.5}), ("soft ones above all", {**given, "weight": 1.7})]


@inputs("compress.scores.score", results=lambda returned: {"s": returned})
def score_inputs(rng):
    w, g = rng.standard_normal((2, 4, 6))
    given = {"w": w, "g": g, "h": g * g + rng.random((4, 6))}
    kinds = {"gradient": "F1", "magnitude": "F2", "taylor": "F3", "obd": "F4", "snip": "F5"}
    sets = [(f"{kind}, {tag}", {"kind": kind, **given}) for kind, tag in kinds.items()]
    return [*sets, ("obd, of a single batch", {"kind": "obd", **given, "h": g * g})]


@inputs("compress.scores.with_step", results=lambda returned: {"s": returned})
def with_step_inputs(rng):
    s, w, before, step = rng.standard_normal((4, 5, 3))
    return [
        ("the first backward", {"s": 0 * s, "w": w, "before": 0 * s, "after": step}),
        ("a later step", {"s": s, "w": w, "before": 0 * s, "after": step}),
        ("a second batch of one step", {"s": s, "w": w, "before": before, "after": before + step}),
    ]


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


def _counts(returned):
    """Both numbers by the left sides of their formulas."""
    return dict(zip(("values of a unit of attention", "values of a row"), returned, strict=True))


@inputs("compress.structured.unit_values", results=_counts)
def unit_values_inputs(rng):
    return [
        ("heads, with biases", {"C": 24, "D": 5, "G": 1, "attn_bias": 1, "mlp_bias": 1, "gate": 0}),
        ("groups of three, a gate", {"C": 24, "D": 5, "G": 3, "attn_bias": 0, "mlp_bias": 0, "gate": 1}),
        ("both", {"C": 16, "D": 7, "G": 2, "attn_bias": 1, "mlp_bias": 1, "gate": 1}),
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


@inputs("compress.calibration.errors", results=lambda two: dict(zip(("weight error", "output error"), two, strict=True)))
def errors_inputs(rng):
    W, X = rng.standard_normal((4, 6)), rng.standard_normal((9, 6)) * np.exp(rng.standard_normal((9, 1)))
    return [
        ("near", {"W": W, "W_hat": np.rint(4 * W) / 4, "X": X}),
        ("far off", {"W": W, "W_hat": np.rint(W), "X": X}),
    ]


@inputs("compress.calibration.activation_aware", results=lambda returned: {"the best W_hat": returned})
def activation_aware_inputs(rng):
    W, X = rng.standard_normal((6, 9)), rng.standard_normal((30, 9))
    loud = X * np.exp(1.5 * rng.standard_normal(9))
    silent = loud.copy()
    silent[:, 4] = 0
    flat = np.array([[1.0, -0.3]])
    return [
        ("inputs of very different sizes, 4 bits", {"W": W, "bits": 4, "X": loud}),
        ("blocks of three", {"W": W, "bits": 4, "X": loud, "block": 3}),
        ("an input that is always 0", {"W": W, "bits": 8, "X": silent}),
        ("no s is better", {"W": flat, "bits": 4, "X": np.array([[0.3, 1.0]])}),
    ]
