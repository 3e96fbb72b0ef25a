"""Cross-entropy of a target's probability that was shifted by a constant: what article C calls adversarial.

    logits: (..., V)   targets: (...) integers in [0, V), or ignore_index where a row does not count   eps: the shift
    p: (rows,), probability of the target   n = number of rows that count   L: a scalar, in nats   keep: 1 for a row that counts

    forward   (F1)  P = softmax(logits),  p = P[target]
              (F2)  q = min(p + eps, 1)
              (F3)  L = -1/n  sum over rows that count  log q
    backward  (B1)  dq = -dL/n keep 1/q
              (B2)  dp = dq  where p + eps <= 1,  else 0
              (B3)  dlogits = dp p (onehot(targets) - P)

The shift depends on no gradient, so it does not work against the model. By B2 a row whose target has more than 1 - eps teaches
nothing. By B1 and B3 a row counts p / (p + eps) of what it does in cross-entropy: little where p is small and most is to learn.
"""

from minilora import backend
from minilora.ops.cross_entropy import countable
from minilora.ops.form import rows, wanted
from minilora.ops.softmax import softmax_forward


def shifted_cross_entropy_forward(logits, targets, eps=0.1, ignore_index=-100):
    """L, a 0-d array. The cache holds P, p, eps, ids, keep, n and the shape. ValueError if all are ignored."""
    xp = backend.get_array_module(logits)
    ids, keep, n = countable(targets, ignore_index, logits.dtype)
    P, _ = softmax_forward(rows(logits))
    p = P[xp.arange(len(ids)), ids]                     # (F1)
    q = xp.minimum(p + eps, 1)                          # (F2)
    L = -(keep * xp.log(q)).sum() / n                   # (F3)
    return L, (P, p, eps, ids, keep, n, logits.shape)


def shifted_cross_entropy_backward(dL, cache, needs=None):
    """The gradient dlogits."""
    P, p, eps, ids, keep, n, shape = cache
    if not wanted(needs, "logits"):
        return (None,)
    xp = backend.get_array_module(P)
    dq = -dL / n * keep / (p + eps)                     # (B1)
    dp = xp.where(p + eps <= 1, dq, 0)                  # (B2)
    weight = dp * p
    dlogits = -weight[:, None] * P                      # (B3)
    dlogits[xp.arange(len(ids)), ids] += weight         # (B3): each row once, so += loses nothing
    return (dlogits.reshape(shape),)


def shifted_cross_entropy_inputs(rng, N=2, T=3, V=7):
    """One row beyond the clamp and one that does not count, where there are three; the others below, none near the kink."""
    logits, targets = 0.5 * rng.standard_normal((N * T, V)), rng.integers(0, V, N * T)
    logits[1:2, targets[1:2]] += 8
    targets[2:3] = -100
    return {"logits": logits.reshape(N, T, V), "targets": targets.reshape(N, T)}
