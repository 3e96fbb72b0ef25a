"""What the exercises on LoRA and its family, lessons 17 to 21, are tried on."""

import numpy as np

from minilora.course.inputs.given import inputs, products


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


def _pair(rng, r):
    """The factors of one adapter, by name."""
    return ("A", rng.standard_normal((r, 8))), ("B", rng.standard_normal((6, r)))


@inputs("adapters.combine.cat", results=lambda returned: {"B A": returned[1] @ returned[0], "rank": np.asarray(len(returned[0]))})
def cat_inputs(rng):
    return [
        (label, {f"{name}{i}": array for i, r in ((1, r1), (2, r2)) for name, array in _pair(rng, r)})
        for label, r1, r2 in (("of one rank", 3, 3), ("of different ranks", 2, 4))
    ]


@inputs("adapters.combine.added", results=lambda found: dict(zip(("A", "B", "cross terms of 1 and 2"), found, strict=True)))
def added_inputs(rng):
    return cat_inputs(rng)[:1]


@inputs("adapters.combine.recut", results=products)
def recut_inputs(rng):
    return [
        ("from rank 4 to 2", {**dict(_pair(rng, 4)), "r": 2}),
        ("to one", {"A": rng.standard_normal((3, 5)), "B": rng.standard_normal((9, 3)), "r": 1}),
        ("only balanced anew", {**dict(_pair(rng, 3)), "r": 3}),
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
        ("of the published size", {"G": rng.standard_normal((5, 8)), "r": 2, "gamma": 9.0}),
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


@inputs("training.loraplus.lora_plus_step", results=lambda returned: dict(zip("AB", returned, strict=True)))
def lora_plus_step_inputs(rng):
    start, later = ({"A": rng.standard_normal((3, 7)), "G": rng.standard_normal((5, 7))} for _ in range(2))
    return [
        ("in the middle of training", {**later, "B": rng.standard_normal((5, 3)), "eta": 0.1, "s": 1.4, "ratio": 16.0}),
        ("the first step", {**start, "B": np.zeros((5, 3)), "eta": 0.3, "s": 0.6, "ratio": 4.0}),
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


@inputs("training.relora.pruned", results=lambda returned: dict(zip("mv", returned, strict=True)))
def pruned_inputs(rng):
    m, v, u = rng.standard_normal((4, 5)), rng.random((4, 5)) + 0.1, rng.random((4, 5))
    sets = [(f"a share of {share}", {"m": m, "v": v, "prune": "magnitude", "share": share}) for share in (0.38, 0.11, 0.01)]
    sets.append(("places at random", {"m": m, "v": v, "prune": "random", "share": 0.4, "u": u}))
    return [*sets, ("nothing stays", {"m": m, "v": v, "prune": "reset", "share": 0.4})]


@inputs("training.relora.restarted", results=lambda returned: dict(zip("WAB", returned, strict=True)))
def restarted_inputs(rng):
    sets = []
    for label, m, n, r in (("a wide matrix", 5, 9, 3), ("a tall one", 8, 6, 2)):
        (W, delta), A, B = rng.standard_normal((2, m, n)), rng.standard_normal((r, n)), rng.standard_normal((m, r))
        sets.append((label, {"W": W, "delta": delta, "A": A, "B": B, "u": rng.random((r, n))}))
    return sets


def _projected(rng, short, long, r):
    W, G = rng.standard_normal((2, short, long))
    m, v = rng.standard_normal((r, long)), rng.random((r, long)) + 0.1
    return {"W": W, "G": G, "P": rng.standard_normal((short, r)), "m": m, "v": v}


@inputs("training.projected.projected_step", results=lambda returned: dict(zip("Wmv", returned, strict=True)))
def projected_step_inputs(rng):
    first = _projected(rng, 4, 9, 2)
    first |= {"m": 0 * first["m"], "v": 0 * first["v"]}
    return [
        ("the first step", {**first, "t": 1, "lr": 0.1}),
        ("a later one, scaled", {**_projected(rng, 5, 7, 3), "t": 6, "lr": 0.02, "kappa": 0.25, "beta1": 0.8, "beta2": 0.95}),
        ("a large eps", {**_projected(rng, 3, 8, 2), "t": 3, "lr": 0.3, "eps": 0.5}),
    ]


@inputs("training.projected.flora_draw", results=lambda returned: dict(zip("Pm", returned, strict=True)))
def flora_draw_inputs(rng):
    return [
        (label, {"z": rng.standard_normal((short, r)), "m": rng.standard_normal((r, long))})
        for label, short, r, long in (("rank 3", 6, 3, 9), ("rank 2", 5, 2, 7))
    ]


@inputs("training.projected.leading_directions", results=lambda P: {"P P^T": P @ P.T, "P^T P": P.T @ P})
def leading_directions_inputs(rng):
    return [
        ("a wide gradient", {"G": rng.standard_normal((5, 8)), "r": 2}),
        ("a square one", {"G": rng.standard_normal((6, 6)), "r": 3}),
    ]
