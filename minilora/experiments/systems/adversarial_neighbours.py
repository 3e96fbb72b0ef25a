"""Article C's other neighbours: an opponent that takes several steps, free ones, and one that looks at no label.

    x: (N, T, C), embeddings   r: a move, a constant   L(x): mean cross-entropy   z(x): logits of the tokens that count
    K: number of steps   delta: the greatest length of a move, M4 of attacks   P brings back into the ball, M5

    PGD           L = L(x) + L(x + r_K), which is C1 of adversarial   Madry et al. 2018, arXiv 1706.06083
                  r_(k+1) from r_k and g_k = dL/dx at x + r_k by M3 of attacks, a step of 2 delta/K;  r_0 = 0
    FreeLB  (N1)  L = 1/K sum over k < K  L(x + r_k)                  Zhu et al. 2020, arXiv 1909.11764
                  r_(k+1) as in PGD;  r_0 = delta/sqrt(T C) u,  u uniform in (-1, 1)
    SMART   (N2)  L = L(x) + lambda D(z(x + r), z(x))                 Jiang et al. 2020, arXiv 1911.03437
                  r by M3 too, one step of delta from a short random s, g = dD/dx at x + s
            (N3)  D(a, b) = KL(a from b) + KL(b from a)

Madry et al. train on x + r_K alone; L(x) stands beside it so that PGD differs from FGM in its steps only. FreeLB is called free
because each of its gradients moves the weights and the opponent. SMART has a second part, Bregman proximal steps, which is left
out; and its ball is measured in the largest coordinate, where this one is measured as those of the other opponents are.
"""

import math

from minilora import backend
from minilora.compress.wrapped import Wrapped
from minilora.experiments.systems.adversarial import AgainstFGM, learn_wrapped, logistic
from minilora.experiments.systems.attacks import EPS, climb, distance, input_gradient, random_move
from minilora.experiments.systems.contestant import Contestant
from minilora.nn.admission import admit_targets
from minilora.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward
from minilora.ops.kl_divergence import kl_divergence_backward, kl_divergence_forward

K = 3
START = 0.1  # the length of s, as a share of delta


class AgainstPGD(AgainstFGM):
    """A language model with PGD's loss. The first of the K gradients is that of L(x), which is there already."""

    def move(self, x, targets, dx, delta):
        r = climb(0 * x, dx, 2 * delta / K, delta)
        for _ in range(K - 1):
            r = climb(r, input_gradient(self.model, x + r, targets)[1], 2 * delta / K, delta)
        return r


def linear_freelb(X, y, w, u, delta):
    """(N1) for the linear model of `logistic`, and its gradient: L, a Python float, and dw (d,). u: (n, d), from -1 to 1."""
    r, L, dw = delta / math.sqrt(X[0].size) * u, 0.0, 0 * w
    for _ in range(K):
        L_k, g, dw_k = logistic(X + r, y, w)
        L += L_k / K  # (N1)
        dw = dw + dw_k / K
        r = climb(r, g, 2 * delta / K, delta)
    return L, dw


class FreeLB(Wrapped):
    """A language model with the loss (N1). rng: an int or a NumPy Generator; it draws where the opponent starts."""

    def __init__(self, model, eps=EPS, rng=0):
        super().__init__(model)
        self.eps, self.rng = eps, backend.as_generator(rng)

    def loss(self, ids, targets):
        """L in nats, a Python float: the mean of K."""
        delta = distance(self.model, ids.shape[1], self.eps)
        x = self.model.embed.forward(backend.asarray(ids))
        r, total, self._found = self.start(x, delta), 0.0, []
        for _ in range(K):
            L, dx, gradients = input_gradient(self.model, x + r, targets)
            total += L / K  # (N1)
            self._found.append((dx, gradients))
            r = self.climb(r, dx, delta)
        return total

    def start(self, x, delta):
        """r_0, never longer than delta."""
        u = backend.asarray(self.rng.uniform(-1, 1, x.shape), dtype=x.dtype)
        return delta / math.sqrt(x[0].size) * u

    def climb(self, r, dx, delta):
        """The next r."""
        return climb(r, dx, 2 * delta / K, delta)

    def backward(self):
        """Add the gradients of what learns, the mean of K."""
        self.model.embed.backward(sum(dx for dx, _ in self._found) / K)
        for _, gradients in self._found:
            for p, gradient in gradients:
                p.accumulate(gradient / K)


class Smart(Wrapped):
    """A language model with the loss (N2). weight: lambda. rng: an int or a NumPy Generator; it draws s."""

    def __init__(self, model, weight=1.0, eps=EPS, rng=0):
        super().__init__(model)
        self.weight, self.eps, self.rng = weight, eps, backend.as_generator(rng)

    def loss(self, ids, targets):
        """L in nats, a Python float. x and x + r go through the model as one batch, since D has a gradient for both."""
        delta = distance(self.model, ids.shape[1], self.eps)
        x = self.model.embed.forward(backend.asarray(ids))
        z = self.model.forward(x)
        targets = admit_targets(targets, z.shape)
        self._counts = targets != -100
        both = backend.get_array_module(x).concatenate([x, x + self.move(x, z, delta)])
        L, *self._dlogits = smart_loss(*halves(self.model.forward(both)), targets, self.weight)
        return backend.item(L)

    def move(self, x, z, delta):
        """r, from the logits z of x."""
        s = random_move(self.model, x, None, START * delta, self.rng)
        g = input_gradient(DivergenceFrom(self.model, self._counts), x + s, z)[1]
        return climb(s, g, delta, delta)

    def backward(self):
        """Add the gradients of what learns, after loss."""
        dx = self.model.backward(backend.xp.concatenate(self._dlogits))
        self.model.embed.backward(sum(halves(dx)))


class DivergenceFrom(Wrapped):
    """A model whose loss is D from given logits, which are constants. counts: (N, T), True for the tokens that count."""

    def __init__(self, model, counts):
        super().__init__(model)
        self.counts = counts

    def loss(self, x, z):
        """D, a Python float."""
        own = self.model.forward(x)
        self._dlogits = backend.xp.zeros_like(own)
        D, self._dlogits[self.counts], _ = divergence(own[self.counts], z[self.counts])
        return backend.item(D)

    def backward(self):
        """dD/dx."""
        return self.model.backward(self._dlogits)


def smart_loss(clean, moved, targets, weight):
    """(L, dclean, dmoved): the loss and its gradients. clean, moved: logits (..., V) of x and of x + r. targets: (...) ids, -100:
    left out of both parts. weight: lambda."""
    counts = targets != -100
    CE, cache = cross_entropy_forward(clean, targets)
    D, da, db = divergence(moved[counts], clean[counts])
    L = CE + weight * D  # (N2)
    (dclean,) = cross_entropy_backward(1.0, cache)
    dmoved = 0 * dclean
    dmoved[counts] += weight * da
    dclean[counts] += weight * db
    return L, dclean, dmoved


def divergence(a, b):
    """D, the mean over rows of logits (n, V), a 0-d array, and its gradients da and db."""
    there, cache_there = kl_divergence_forward(a, b)
    back, cache_back = kl_divergence_forward(b, a)
    D = there + back  # (N3)
    (da, db), (more_db, more_da) = (kl_divergence_backward(1.0, cache) for cache in (cache_there, cache_back))
    return D, da + more_da, db + more_db


def halves(array):
    """The first half of a batch, and the second."""
    N = len(array) // 2
    return array[:N], array[N:]


def pgd(arena, rate, seed, steps):
    """Full tuning against PGD."""
    return learn_wrapped(arena, AgainstPGD(arena.model()), rate, seed, steps)


def freelb(arena, rate, seed, steps):
    """Full tuning by FreeLB."""
    return learn_wrapped(arena, FreeLB(arena.model(), rng=seed), rate, seed, steps)


def smart(arena, rate, seed, steps):
    """Full tuning with SMART's smoothness."""
    return learn_wrapped(arena, Smart(arena.model(), rng=seed), rate, seed, steps)


CONTESTANTS = (
    Contestant("pgd", "full tuning against PGD", "C", False, pgd, 1e-3),
    Contestant("freelb", "FreeLB", "C", False, freelb, 1e-3),
    Contestant("smart", "SMART's smoothness", "C", False, smart, 1e-3),
)
STUDIES = ()
