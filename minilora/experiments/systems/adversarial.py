"""Article C: the output shifted by a constant and called adversarial; and adversarial training as it is published.

    as described        L = -mean log(min(p_target + eps, 1)),  eps = .1              full tuning; shifted_cross_entropy:F1 to F3
    FGM           (C1)  L = L(x) + L(x + r),  r by M2 and M4 of attacks, a constant   full tuning, or LoRA

x are the embeddings of the text. The shift is the same whatever the gradient is: there is no opponent in it. In C1 the opponent
is the gradient; its step costs a second forward and backward. What is adapted, and whether against an opponent, are two
choices, and each pair of them can be had.
"""

from dataclasses import replace

import numpy as np
from scipy.special import expit

from minilora import backend
from minilora.adapters import LoRA, inject
from minilora.compress.wrapped import Wrapped
from minilora.experiments.runs import held_out_loss
from minilora.experiments.systems.arena import Arena
from minilora.experiments.systems.attacks import ATTACKS, EPS, along, distance, input_gradient, robust_loss
from minilora.experiments.systems.contestant import Contestant
from minilora.experiments.systems.references import CONTESTANTS as REFERENCES
from minilora.experiments.systems.references import learn
from minilora.experiments.systems.study import Study
from minilora.nn.admission import admit_targets
from minilora.ops.shifted_cross_entropy import shifted_cross_entropy_backward, shifted_cross_entropy_forward


def logistic(X, y, w):
    """L, dL/dX and dL/dw of a linear model: the mean of log(1 + exp(-y X w)). X: (n, d). y: (n,), -1 or 1. w: (d,)."""
    m = y * (X @ w)
    slope = -y * expit(-m) / len(y)
    return float(np.logaddexp(0, -m).mean()), np.outer(slope, w), slope @ X


def linear_fgm(X, y, w, delta):
    """(C1) for a linear model, and its gradient: L, a Python float, and dw (d,). The rest is as in `logistic`."""
    clean, g, dw = logistic(X, y, w)
    moved, _, dw_moved = logistic(X + along(g, delta), y, w)
    L = clean + moved  # (C1)
    return L, dw + dw_moved


class ShiftedOutput(Wrapped):
    """A language model with the loss of article C. eps: how much is added to the target's probability."""

    def __init__(self, model, eps=0.1):
        super().__init__(model)
        self.eps = eps

    def loss(self, ids, targets):
        """L in nats, a Python float."""
        logits = self.model.forward(ids)
        L, self._cache = shifted_cross_entropy_forward(logits, admit_targets(targets, logits.shape), self.eps)
        return backend.item(L)

    def backward(self):
        """Add the gradients of what learns, after loss; returns dx where the input was embeddings."""
        return self.model.backward(*shifted_cross_entropy_backward(1.0, self._cache))


class AgainstFGM(Wrapped):
    """A language model with the loss (C1): what the text costs, and what it costs once its embeddings have moved."""

    def __init__(self, model, eps=EPS):
        super().__init__(model)
        self.eps = eps

    def loss(self, ids, targets):
        """L in nats, a Python float: of both."""
        delta = distance(self.model, ids.shape[1], self.eps)
        x = self.model.embed.forward(backend.asarray(ids))
        clean, self._dx, self._gradients = input_gradient(self.model, x, targets)
        return clean + self.model.loss(x + self.move(x, targets, self._dx, delta), targets)  # (C1)

    def move(self, x, targets, dx, delta):
        """r, from the gradient dx at x."""
        return along(dx, delta)

    def backward(self):
        """Add the gradients of what learns, of both losses. x is in both, so the embedding gets the sum of both dx."""
        dx = self.model.backward()
        self.model.embed.backward(self._dx + dx)
        for p, gradient in self._gradients:
            p.accumulate(gradient)


def described(arena, rate, seed, steps):
    """Full tuning with the shifted output."""
    return learn_wrapped(arena, ShiftedOutput(arena.model()), rate, seed, steps)


def fgm(arena, rate, seed, steps):
    """Full tuning against FGM."""
    return learn_wrapped(arena, AgainstFGM(arena.model()), rate, seed, steps)


def fgm_lora(arena, rate, seed, steps):
    """LoRA, as among the references, against FGM."""
    model = arena.model()
    inject(model, LoRA(r=arena.setting.rank, alpha=2 * arena.setting.rank), rng=seed)
    return learn_wrapped(arena, AgainstFGM(model), rate, seed, steps)


def learn_wrapped(arena, wrapped, rate, seed, steps):
    """AdamW on whatever learns in a wrapped model, which is handed back without its wrapper."""
    return replace(learn(arena, wrapped, rate, seed, steps), model=wrapped.model)


def attacks(folder, seed, case, quick):
    """A contestant's training at its usual rate, then its loss on held-out target text: as it is, and under each attack."""
    arena = Arena(folder)
    contestant = next(c for c in (*REFERENCES, *CONTESTANTS) if c.name == case)
    model = contestant.adapt(arena, contestant.rate, seed, arena.setting.steps).model
    windows = arena.held_out["target"]
    attacked = {name: robust_loss(model, windows, attack=attack) for name, attack in ATTACKS.items()}
    return {"none": held_out_loss(model, windows)} | attacked


CONTESTANTS = (
    Contestant("c-described", "C as described: output shifted", "C", True, described, 1e-3),
    Contestant("fgm", "full tuning against FGM", "C", False, fgm, 1e-3),
    Contestant("fgm-lora", "LoRA against FGM", "C", False, fgm_lora, 5e-3),
)
STUDIES = (
    Study("attacks", f"Loss under attack, a token moved by {EPS:g} of an embedding's length", "C", attacks,
          ("full", "lora", "fgm", "fgm-lora")),
)  # fmt: skip
