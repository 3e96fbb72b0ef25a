"""AdaLoRA's training: one budget of triplets for all layers, spent where it matters (Zhang et al. 2023, arXiv 2303.10512).

    Delta W = s P diag(lam) Q     P: (out, r)   lam: (r,)   Q: (r, in)     triplet i: column i of P, lam_i, row i of Q
    theta: any of their elements   g: its gradient   t: number of the step, from 1   all products elementwise

    (F1)  I = beta I + (1 - beta) abs(theta g)               what the loss would change by, without theta
    (F2)  U = beta U + (1 - beta) abs(abs(theta g) - I)      how uncertain that is
    (F3)  S_i = s(lam_i) + mean of s(P_ji) over j + mean of s(Q_ij) over j,   s = I U
    (F4)  b = b_target + (b_init - b_target) (1 - (t - t_init) / (t_final - t_init))^3        from t_init to t_final
    (F5)  lam_i = 0  unless S_i is among the b largest of all layers

P and Q also get the gradients of the penalty  gamma (norm_F(P^T P - I)^2 + norm_F(Q Q^T - I)^2),  penalties:B3 and penalties:B4.

A triplet that is masked keeps its P and Q, and lam_i its gradient: it grows until the next masking and may come back. From
t_final on the importances rest and the same triplets are masked after every step.
"""

import math

from minilora.adapters.inject import adapters_of
from minilora.backend import get_array_module
from minilora.ops.penalties import orthogonality_backward, orthogonality_forward
from minilora.training.optimizers import AdamW, require_count

LEAVES = {"P", "lam", "Q"}


def importance(I, U, theta, g, beta):
    """One step on: (I, U), new arrays of theta's shape. I, U: those before, zero at first. beta: in [0, 1)."""
    now = abs(theta * g)
    I = beta * I + (1 - beta) * now                                                 # (F1)
    U = beta * U + (1 - beta) * abs(now - I)                                        # (F2)
    return I, U


def triplet_scores(s_P, s_lam, s_Q):
    """S, (r,): the importance of each triplet of one layer, from s = I U of its elements: (out, r), (r,) and (r, in)."""
    S = s_lam + s_P.mean(axis=0) + s_Q.mean(axis=1)                                 # (F3)
    return S


def budget(t, t_init, t_final, b_init, b_target):
    """b, an int: how many triplets of all layers together are left after step t; b_init before t_init, b_target from t_final."""
    left = min(1.0, max(0.0, (t_final - t) / (t_final - t_init)))
    b = b_target + round((b_init - b_target) * left * left * left)                  # (F4)
    return b


def masked(lam, S, b):
    """lam with zeros at all but the b largest S; a new array. lam, S: (b_init,), the triplets of all layers in one row."""
    xp = get_array_module(lam)
    kept = xp.ones(lam.shape, dtype=lam.dtype)
    kept[xp.argsort(S)[: len(S) - b]] = 0
    lam = lam * kept                                                                # (F5)
    return lam


class AdaLoRAAdamW(AdamW):
    """AdamW with AdaLoRA's penalty, importances and masking, (F1) to (F5), for a model whose adapters train P, lam and Q.

    r_target: the mean rank of a layer in the end, between 1 and what it is at first. t_init, t_final: the steps from and
    to which the budget falls. every: steps from masking to masking until t_final, an integer. gamma: the strength of the
    penalty, >= 0; a Trainer's loss and clipping do not see it. beta: how slowly the importances forget, in [0, 1). options:
    AdamW's. ValueError for a setting out of range, or a model without such adapters.
    """

    importances = ("I", "U")                                # kept beside Adam's m and v, of their size

    def __init__(self, model, lr, r_target, t_init, t_final, every=10, gamma=0.1, beta=0.85, **options):
        trained = [(a, {leaf for leaf, p in a.named_parameters() if p.trainable}) for *_, a in adapters_of(model)]
        self.adapters = [a for a, leaves in trained if leaves == LEAVES]
        if not self.adapters:
            raise ValueError("the model has no adapter that trains P, lam and Q: inject one of adalora first")
        self.b_init = sum(a.lam.data.size for a in self.adapters)
        mean = self.b_init / len(self.adapters)
        if not 1 <= r_target <= mean:
            raise ValueError(f"r_target must be between 1 and the adapters' mean rank={mean:g}, got {r_target}")
        self.b_target = round(r_target * len(self.adapters))
        if not 0 <= t_init < t_final < math.inf:
            raise ValueError(f"t_init must be at least 0 and below a finite t_final, got {t_init=} and {t_final=}")
        require_count("every", every)
        if not 0 <= gamma < math.inf:
            raise ValueError(f"gamma must be a number >= 0, got {gamma}")
        if not 0 <= beta < 1:
            raise ValueError(f"beta must lie in [0, 1), got {beta}")
        super().__init__(model.parameters(), lr, **options)
        self.t_init, self.t_final, self.every, self.gamma, self.beta = t_init, t_final, every, gamma, beta
        self.moments |= {name: self.xp.zeros_like(self.parameters.data) for name in self.importances}

    def before_sweep(self):
        for a in self.adapters:
            _, cache = orthogonality_forward(a.P.data, a.Q.data, self.gamma)
            dP, dQ = orthogonality_backward(1.0, cache)
            a.P.accumulate(dP)
            a.Q.accumulate(dQ)
        if self.steps <= self.t_final:
            self.weigh()

    def after_sweep(self):
        if self.steps >= self.t_final or self.steps % self.every == 0:
            self.mask()

    def weigh(self):
        """Take the importances one step on, from the parameters and their gradients."""
        moments, theta, g = self.moments, self.parameters.data, self.parameters.grad
        moments["I"][...], moments["U"][...] = importance(moments["I"], moments["U"], theta, g, self.beta)

    def scores(self):
        """S, (b_init,): the importance of each triplet, adapter after adapter."""
        views = self.parameters.split(self.moments["I"] * self.moments["U"])
        s = {id(p): view for p, view in zip(self.parameters, views, strict=True)}
        return self.xp.concatenate([triplet_scores(*(s[id(p)] for p in (a.P, a.lam, a.Q))) for a in self.adapters])

    def budget(self, t):
        """b, an int: how many triplets of all layers together are left after step t."""
        return budget(t, self.t_init, self.t_final, self.b_init, self.b_target)

    def mask(self):
        """Set lam to zero in all triplets but the `budget` most important ones."""
        lam = self.xp.concatenate([a.lam.data for a in self.adapters])
        lam, start = masked(lam, self.scores(), self.budget(self.steps)), 0
        for a in self.adapters:
            stop = start + a.lam.data.size
            a.lam.data = lam[start:stop]
            start = stop
