"""Cross-entropy of a target's probability that was shifted by a constant: what article C calls adversarial.

    logits: (..., V)   targets: (...) integers in [0, V), or ignore_index where a row does not count   eps: the shift
    p: (rows,), probability of the target   n = number of rows that count   L: a scalar, in nats   keep: 1 for a row that counts

    forward   (F1)  P = softmax(logits),  p = P[target]
              (F2)  q = min(p + eps, 1)
              (F3)  L = -1/n  sum over rows that count  log q
    backward  (B1)  dq = ...
              (B2)  dp = ...
              (B3)  dlogits = ...

The shift depends on no gradient, so it does not work against the model. By B2 a row whose target has more than 1 - eps teaches
nothing. By B1 and B3 a row counts p / (p + eps) of what it does in cross-entropy: little where p is small and most is to learn.

Exercise 24a, lesson 24: Article C's loss, forward and backward.
Write shifted_cross_entropy_forward and shifted_cross_entropy_backward.
What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 24a       tests this file
    minilora exercise hint 24a        one hint more, each time
"""

from minilora import backend
from minilora.ops.cross_entropy import countable
from minilora.ops.form import rows, wanted
from minilora.ops.softmax import softmax_forward


def shifted_cross_entropy_forward(logits, targets, eps=0.1, ignore_index=-100):
    """L, a 0-d array. The cache holds P, p, eps, ids, keep, n and the shape. ValueError if all are ignored."""
    # (F1)  P =
    # (F2)  q =
    # (F3)  L =
    raise NotImplementedError("24a: write shifted_cross_entropy_forward")


def shifted_cross_entropy_backward(dL, cache, needs=None):
    """The gradient dlogits."""
    # (B1)  dq =
    # (B2)  dp =
    # (B3)  dlogits =
    raise NotImplementedError("24a: write shifted_cross_entropy_backward")


def shifted_cross_entropy_inputs(rng, N=2, T=3, V=7):
    """One row beyond the clamp and one that does not count, where there are three; the others below, none near the kink."""
    logits, targets = 0.5 * rng.standard_normal((N * T, V)), rng.integers(0, V, N * T)
    logits[1:2, targets[1:2]] += 8
    targets[2:3] = -100
    return {"logits": logits.reshape(N, T, V), "targets": targets.reshape(N, T)}
