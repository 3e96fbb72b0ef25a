"""Adam in a projected space: full tuning of W with the moments of a thin matrix. GaLore and Flora differ in the projection.

    W, G = dL/dW: (short, long), which is (out, in), or its transpose where out > in   P: (short, r)   R, m, v, N: (r, long)

    (F1)  R = P^T G
    (F2)  N = lr kappa m' / (sqrt(v') + eps)                Adam's step on R, with R's own m and v (steps:F3 to steps:F5)
    (F3)  W = W - P N

P is drawn at the first step and again after every K further ones:

    GaLore   (F4)  P = U_r of G = U S V^T; m and v stay as they are         Zhao et al. 2024, arXiv 2403.03507
    Flora    (F5)  P = independent normal(0, 1/r), so that E[P P^T] = I      Hao et al. 2024, arXiv 2402.03293
             (F6)  m = 0, while v stays: all rows of R have the same mean square whichever P is drawn

Between two draws W changes within the span of P, so by rank r at most; after k draws by up to k r. A matrix costs
2 r long + r short values, where Adam's moments are 2 long short.

Flora's paper compresses the momentum; keeping Adam's second moment in the projected space too, (F2), is a choice of this code.
The paper carries the momentum over, as P^T P_old m. That is right in the mean, since E[P P^T] = I, but longer by a factor of
about sqrt(short / r) each time, which Adam's division by sqrt(v) lets through; so m starts anew here.
"""

import math
from dataclasses import dataclass
from typing import Any

from minilora import backend, lowrank
from minilora.nn.parameter import Parameter
from minilora.training.optimizers import Adam, require_count


def leading_directions(G, r):
    """P, (short, r): the left singular vectors of G, (short, long), that belong to its r largest singular values."""
    U, _, _ = lowrank.svd(G)
    P = U[:, :r]                                                        # (F4)
    return P


def flora_draw(z, m):
    """P and m after a draw: new arrays. z: (short, r), independent standard normal numbers; m: (r, long), that of the old P."""
    P = z / math.sqrt(z.shape[1])                                       # (F5)
    m = backend.get_array_module(m).zeros_like(m)                       # (F6)
    return P, m


def projected_step(W, G, P, m, v, t, lr, kappa=1.0, beta1=0.9, beta2=0.999, eps=1e-8):
    """W, m and v after step t of Adam on P^T G, t = 1, 2, ...: new arrays. W, G: (short, long); m, v: (r, long).

    kappa: what the projected step is multiplied by, beside lr.
    """
    R = P.T @ G                                                         # (F1)
    m = beta1 * m + (1 - beta1) * R
    v = beta2 * v + (1 - beta2) * (R * R)
    c = math.sqrt(1 - beta2**t)                                         # sqrt(v') = sqrt(v) / c
    N = lr * kappa * c / (1 - beta1**t) * (m / (backend.get_array_module(v).sqrt(v) + c * eps))     # (F2)
    W = W - P @ N                                                       # (F3)
    return W, m, v


@dataclass
class Share:
    """What an optimiser holds for one parameter: W and G, views of its data and gradient; m, v; P, or None for plain Adam."""

    parameter: Parameter
    W: Any
    G: Any
    m: Any
    v: Any
    P: Any = None


class ProjectedAdam(Adam):
    """Adam on P^T G for every matrix with both sides above r, embeddings too; plain Adam for all other parameters, (F1) to (F3).

    A subclass draws P in `project(share)`. r, every (K): integers, at least 1. kappa: > 0. ValueError otherwise, or
    where no matrix is so large.
    """

    flat_moments = ()

    def __init__(self, parameters, lr, r, every, kappa, betas, eps):
        require_count("r", r)
        require_count("every", every)
        if not 0 < kappa < math.inf:
            raise ValueError(f"kappa must be a number > 0, got {kappa}")
        super().__init__(parameters, lr, betas, eps)
        self.r, self.every, self.kappa = r, every, kappa
        self.shares = [self._share(p) for p in self.parameters]
        if all(share.P is None for share in self.shares):
            widest = max((min(p.data.shape) for p in self.parameters if p.data.ndim == 2), default=0)
            raise ValueError(f"r must be below min(in, out)={widest} of the largest matrix, got {r}: else nothing is projected")

    def _share(self, p):
        W, G, zeros = p.data, p.grad, self.xp.zeros_like
        if W.ndim != 2 or min(W.shape) <= self.r:
            return Share(p, W, G, zeros(W), zeros(W))
        if W.shape[0] > W.shape[1]:
            W, G = W.T, G.T
        m = zeros(W[: self.r])
        return Share(p, W, G, m, zeros(m), zeros(W[:, : self.r]))

    def sweep(self):
        for share in self.shares:
            lr = self.lr * share.parameter.rate
            if share.P is None:
                step = self.xp.empty_like(share.m)
                self.advance(share.G, share.m, share.v, lr, step)
                share.W -= step
                continue
            if (self.steps - 1) % self.every == 0:
                self.project(share)
            moved = projected_step(share.W, share.G, share.P, share.m, share.v, self.steps, lr, self.kappa, *self.betas, self.eps)
            share.W[...], share.m[...], share.v[...] = moved

    @property
    def state_bytes(self):
        return sum(a.nbytes for share in self.shares for a in (share.m, share.v, share.P) if a is not None)

    def _named(self):
        pairs = list(zip(self._names(), self.shares, strict=True))
        named = {f"{kind}.{name}": getattr(share, kind) for kind in ("m", "v", "P") for name, share in pairs}
        return {key: array for key, array in named.items() if array is not None}


class GaLore(ProjectedAdam):
    """Adam in the space of the gradient's r largest singular directions (F4), found anew after every `every` steps.

    parameters, lr, betas, eps: as of Adam. kappa: the scale of the projected step, > 0.
    """

    def __init__(self, parameters, lr, r, every=200, kappa=0.25, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(parameters, lr, r, every, kappa, betas, eps)

    def project(self, share):
        share.P[...] = leading_directions(share.G, self.r)


class Flora(ProjectedAdam):
    """Adam in a random space (F5), drawn anew after every `every` steps, where the momentum starts anew too (F6).

    parameters, lr, betas, eps: as of Adam. rng: a seed or a NumPy generator, whose state is part of the optimiser's.
    """

    def __init__(self, parameters, lr, r, every=200, rng=0, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(parameters, lr, r, every, 1.0, betas, eps)
        self.rng = backend.as_generator(rng)

    def project(self, share):
        z = self.xp.asarray(self.rng.standard_normal(share.P.shape))
        share.P[...], share.m[...] = flora_draw(z, share.m)

    def state(self):
        return super().state() | {"rng": self.rng.bit_generator.state}

    def check_state(self, state):
        super().check_state(state)
        try:
            type(self.rng.bit_generator)().state = state["rng"]         # a generator of the same kind takes it, or raises
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"the state's rng is none of this optimizer's generator: {error!r}") from error

    def load_state(self, state):
        super().load_state(state)
        self.rng.bit_generator.state = state["rng"]
