"""What the exercises of Part I and lesson 26 are tried on."""

import numpy as np

from minilora.course.inputs.given import inputs


@inputs("gradcheck.differences.richardson")
def richardson_inputs(rng):
    wide, narrow = rng.standard_normal((2, 7))
    return [
        ("half the step", {"wide": wide, "narrow": narrow, "q": 0.5, "k": 2}),
        ("another ratio", {"wide": wide, "narrow": narrow, "q": 0.618, "k": 2}),
        ("jumps, with an error of first order", {"wide": wide, "narrow": narrow, "q": 0.618, "k": 1}),
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
    x, dy = rng.standard_normal((2, 2, 3))
    return [
        ("a tiny step", {"c": rng.standard_normal(5), "x": x, "dy": dy, "h": 1e-30}),
        ("a step that shows", {"c": rng.standard_normal(4), "x": x[0], "dy": np.ones(3), "h": 0.1}),
    ]


@inputs("gradcheck.differences.slopes", results=lambda returned: dict(zip(("forward", "central", "jump"), returned, strict=True)))
def slopes_inputs(rng):
    x = rng.uniform(-2, 2, 5)
    sets = [("a smooth function", np.exp, x, 0.25), ("with a kink at the middle", lambda x: np.abs(x) + x * x, x - x[2], 0.5)]
    sets.append(("steps that rounding has made unequal", np.sin, 2.0 ** np.arange(24, 29), 1e-7))  # finer below a power of 2
    return [
        (label, {"f_up": f(x + h), "f": f(x), "f_down": f(x - h), "up": x + h, "x": x, "down": x - h}) for label, f, x, h in sets
    ]


@inputs("gradcheck.differences.best_central_step")
def best_central_step_inputs(rng):
    return [
        ("values of order one", {"f": 1.7, "third": 2.5, "eps": 2.0**-52}),
        ("both negative, in single precision", {"f": -3.0, "third": -40.0, "eps": 2.0**-23}),
        ("a parabola, without a third derivative", {"f": 1.3, "third": 0.0, "eps": 2.0**-52}),
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


@inputs("training.schedules.step_decay_factor")
def step_decay_factor_inputs(rng):
    steps = {"the first step": 0, "the last of the first stair": 4, "the first of the second": 5, "far down": 23}
    return [(label, {"step": step, "every": 5, "factor": 0.3}) for label, step in steps.items()]


@inputs("training.schedules.restart_rise")
def restart_rise_inputs(rng):
    steps = {"before the first restart": 1, "the step of a restart": 14, "rising": 23, "the last that rises": 24, "risen": 27}
    sets = [(label, {"step": step, "restart": 7, "restart_warmup": 4}) for label, step in steps.items()]
    return [*sets, ("no warm-up", {"step": 14, "restart": 7, "restart_warmup": 0})]


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


@inputs("data.ngrams.unigram")
def unigram_inputs(rng):
    return [
        ("every token seen", {"ids": rng.integers(0, 4, 50), "n_vocab": 4, "c": 0.5}),
        ("tokens that never occur", {"ids": rng.integers(0, 4, 30), "n_vocab": 7, "c": 1.0}),
    ]


@inputs("data.ngrams.ngram_loss")
def ngram_loss_inputs(rng):
    ids, one, pairs = rng.integers(0, 5, 23), rng.random(5) + 0.1, rng.random((5, 5)) + 0.1
    return [
        ("of a bigram", {"P": pairs / pairs.sum(axis=1, keepdims=True), "ids": ids}),
        ("of a unigram", {"P": one / one.sum(), "ids": ids}),
    ]


@inputs("nn.generation.drawn")
def drawn_inputs(rng):
    P = rng.random((40, 7))
    P[:, 5:] = 0
    P = P / P.sum(axis=1, keepdims=True)
    quarters = np.array([[0.25, 0.25, 0.5, 0.0]] * 5)
    return [
        ("40 rows, two places cut off", {"P": P, "u": rng.random((40, 1))}),
        ("draws that meet a sum", {"P": quarters, "u": np.array([[0.0], [0.25], [0.3], [0.5], [0.99]])}),
        ("rows that sum to a little less", {"P": 0.98 * quarters, "u": np.array([[0.2], [0.248], [0.4], [0.497], [0.99]])}),
    ]


@inputs("nn.generation.candidates", results=lambda returned: dict(zip(("tokens", "P"), returned, strict=True)))
def candidates_inputs(rng):
    logits = 2 * rng.standard_normal((3, 11))
    cuts = {"all tokens": {}, "top-k": {"top_k": 4}, "top-p": {"top_p": 0.7}, "both": {"top_k": 3, "top_p": 0.8}}
    return [(label, {"logits": logits, "temperature": 0.6, "top_k": None, "top_p": None, **cut}) for label, cut in cuts.items()]


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
