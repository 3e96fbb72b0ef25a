"""What the parts of article A come to one by one: its threshold, its score, its code, its loss; and weights of 8 and 4 bits.

threshold      least squares with 40 weights, by gradient descent over all examples. Pruned are weights whose gradient is below
               .01, and for comparison as many of the smallest. The nearer to convergence, the more the threshold takes.
scores         half of the blocks' weights of the base pruned by each score, nothing trained after. Movement is gathered while a
               copy of the base goes on learning. It is meant for tuning to something new: at the end of training its terms
               have either sign, and so it gives up half of the large weights.
whole_tensors  the article's code drops a tensor, any of the model, whose mean |theta| is below the threshold: here, it is zero.
               At .01 that is next to nothing, at ten times as much next to all: what stands in a tensor is not asked.
quantised      the blocks' matrices rounded, with a scale a row (NF4: one for 64 values); bytes of codes and scales.
distillation   a student half as wide, from random weights, taught by the base on the base's text.
"""

from dataclasses import replace
from itertools import islice

import numpy as np

from minilora.compress import SCORES, Distillation, Movement, SoftLabelDistillation, matrices, prune, score_weights
from minilora.compress.calibration import quantize_model
from minilora.data import LanguageBatches
from minilora.experiments.runs import held_out_loss
from minilora.experiments.systems.arena import Arena
from minilora.experiments.systems.compression import THRESHOLD
from minilora.experiments.systems.study import Study
from minilora.nn import Transformer
from minilora.nn.quantized import quantize_linear
from minilora.quantize import quantize_absmax
from minilora.training import AdamW, Trainer, warmup_cosine

REGRESSION = {"weights": 40, "examples": 200, "noise": 0.1, "rate": 0.1}
STEPS_TO = {"early": 10, "middle": 40, "converged": 400}
MOVEMENT_STEPS, MOVEMENT_RATE = 50, 1e-4
STUDENT_STEPS = 600
QUANTISED = {  # case: bits, method of calibration
    "int8": (8, "absmax"),
    "int4": (4, "absmax"),
    "int4-percentile": (4, "percentile"),
    "int4-activation": (4, "activation"),
}


def threshold(folder, seed, case, quick):
    """Gradient descent on the mean squared error up to `case`, then pruning."""
    X, y, w = descended(seed, STEPS_TO[case])
    by_gradient = np.abs(_gradient(X, y, w)) < THRESHOLD
    by_magnitude = np.zeros_like(by_gradient)
    by_magnitude[np.argsort(np.abs(w))[: by_gradient.sum()]] = True
    return {
        "pruned": float(by_gradient.mean()),
        "loss_before": _loss(X, y, w),
        "loss_after": _loss(X, y, np.where(by_gradient, 0, w)),
        "magnitude_loss_after": _loss(X, y, np.where(by_magnitude, 0, w)),
    }


def descended(seed, steps):
    """X (200, 40), y (200,), and the weights (40,) that so many steps from zero arrive at."""
    rng, sizes = np.random.default_rng(seed), REGRESSION
    X = rng.standard_normal((sizes["examples"], sizes["weights"]))
    y = X @ rng.standard_normal(sizes["weights"]) + sizes["noise"] * rng.standard_normal(sizes["examples"])
    w = np.zeros(sizes["weights"])
    for _ in range(steps):
        w -= sizes["rate"] * _gradient(X, y, w)
    return X, y, w


def _loss(X, y, w):
    return float(((X @ w - y) ** 2).mean())


def _gradient(X, y, w):
    return 2 * X.T @ (X @ w - y) / len(y)


def scores(folder, seed, case, quick):
    """Half of the blocks' weights of the base, pruned by one score."""
    arena = Arena(folder)
    model = arena.model()
    if case == "random":
        rng = np.random.default_rng(seed)
        found = {name: rng.random(p.data.shape) for name, p in matrices(model).items()}
    elif case == "movement":
        found = movement(arena, seed, 10 if quick else MOVEMENT_STEPS)
    else:
        batches = islice(base_batches(arena, seed, 4), 8 if quick else 64)  # many and small, as OBD's h wants them
        found = score_weights(model, case, list(batches))
    prune(model, found, share=0.5)
    return {"base_loss": base_loss(arena, model)}


def movement(arena, seed, steps):
    """Movement scores of a copy of the base that goes on learning its text."""
    model = Movement(arena.model())
    batches = base_batches(arena, seed, arena.setting.batch_size)
    Trainer(model, AdamW(model.parameters(), lr=MOVEMENT_RATE), batches, clip=1.0, progress=False).run(steps)
    return model.scores


def whole_tensors(folder, seed, case, quick):
    """Tensors with a mean magnitude below the threshold, or ten times it, set to zero."""
    arena = Arena(folder)
    model = arena.model()
    least = THRESHOLD if case == "code" else 10 * THRESHOLD
    low = [p for p in model.parameters() if abs(p.data).mean() < least]
    values = sum(p.data.size for p in model.parameters())
    for p in low:
        p.data = 0 * p.data
    share = sum(p.data.size for p in low) / values
    return {"base_loss": base_loss(arena, model), "dropped": len(low), "dropped_share": share}


def quantised(folder, seed, case, quick):
    """The blocks' matrices of the base rounded: to 8 or 4 bits with one scale a row, or to NF4."""
    arena = Arena(folder)
    model = arena.model()
    layers = {name: layer for name, layer in model.named_layers() if f"{name}.W" in matrices(model)}
    if case == "nf4":
        for layer in layers.values():
            quantize_linear(layer)
        size = sum(layer.W.nbytes for layer in layers.values())
    else:
        bits, method = QUANTISED[case]
        size = sum(quantize_absmax(layer.W.data, bits, "row").nbytes for layer in layers.values())
        if method == "activation":
            size += sum(4 * layer.W.data.shape[1] for layer in layers.values())  # a float32 scale for each input
        quantize_model(model, bits, method, list(islice(base_batches(arena, seed, 16), 4)))
    return {"base_loss": base_loss(arena, model), "bytes": size}


def distillation(folder, seed, case, quick):
    """A student half as wide that learns from the text alone, or from the base too, by the article's loss or by Hinton's."""
    arena = Arena(folder)
    teacher, steps = arena.model(), 20 if quick else STUDENT_STEPS
    c = teacher.config
    half = replace(c, d_model=c.d_model // 2, d_head=c.d_head // 2, d_mlp=c.d_mlp // 2)
    student = Transformer(half, rng=seed)
    taught = {"hard": lambda s, t: s, "article": SoftLabelDistillation, "hinton": Distillation}[case](student, teacher)
    batches = base_batches(arena, seed, arena.setting.batch_size)
    optimizer = AdamW(student.parameters(), lr=arena.setting.base_rate)
    Trainer(taught, optimizer, batches, warmup_cosine(max(1, steps // 20), steps), clip=1.0, progress=False).run(steps)
    return {"base_loss": base_loss(arena, student)}


def base_batches(arena, seed, batch_size):
    """Batches of the text that the base learned."""
    return LanguageBatches(arena.ids["base.train"], arena.setting.block_size, batch_size, seed)


def base_loss(arena, model):
    """On held-out text of that kind."""
    return held_out_loss(model, arena.held_out["base"])


CONTESTANTS = ()
STUDIES = (
    Study("threshold", "Least squares, weights with a gradient below .01 pruned", "A", threshold, tuple(STEPS_TO)),
    Study("scores", "Half of the blocks' weights of the base pruned", "A", scores, (*SCORES, "movement", "random")),
    Study("whole_tensors", "Tensors of small mean magnitude dropped", "A", whole_tensors, ("code", "tenfold"), seeds=False),
    Study("quantised", "The blocks' matrices in fewer bits", "A", quantised, (*QUANTISED, "nf4")),
    Study("distillation", "A student half as wide, taught", "A", distillation, ("hard", "article", "hinton")),
)
