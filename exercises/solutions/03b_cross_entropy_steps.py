"""Cross-entropy of logits against target ids, softmax included.

    logits: (..., V)   targets: (...) integers in [0, V), or ignore_index where a row does not count
    n = number of rows that count   L: a scalar, in nats   keep: 1 for a row that counts, else 0

    forward   (F1)  z    = logits - max(logits)
              (F2)  E    = exp(z)
              (F3)  S    = sum over V  E
              (F4)  logP = z - log(S)
              (F5)  L    = -1/n  sum over rows that count  logP[target]
    backward
      in steps:
              (B1)  dlogP   = -dL/n keep onehot(targets)
              (B2)  dS      = -1/S  sum over V  dlogP
              (B3)  dE      = dS, the same for every entry of a row
              (B4)  dz      = dlogP + dE E
              (B5)  dlogits = dz
      fused:
              (B6)  dlogits = dL/n keep (P - onehot(targets)),  P = E / S

The maximum in F1 gets no gradient: L does not change when a constant is added to a row (so B5 has no second term).
No log(P + epsilon): F4 is exact, and an epsilon would change the gradient of every confidently wrong row.
"""

from minilora import backend
from minilora.ops.form import rows, wanted


def cross_entropy_steps_forward(logits, targets, ignore_index=-100):
    """L, one formula a line. The cache holds E, S, ids, keep, n and the shape. ValueError if all are ignored."""
    xp = backend.get_array_module(logits)
    x = rows(logits)
    ids, keep, n = countable(targets, ignore_index, x.dtype)
    z = x - x.max(axis=-1, keepdims=True)               # (F1)
    E = xp.exp(z)                                       # (F2)
    S = E.sum(axis=-1, keepdims=True)                   # (F3)
    logP = z - xp.log(S)                                # (F4)
    picked = logP[xp.arange(len(ids)), ids]
    L = -xp.where(keep, picked, 0).sum() / n            # (F5): a product would make 0 times -inf where class 0 is ruled out
    return L, (E, S, ids, keep, n, logits.shape)


def cross_entropy_steps_backward(dL, cache, needs=None):
    """The gradient dlogits: forward, read upwards."""
    E, S, ids, keep, n, shape = cache
    if not wanted(needs, "logits"):
        return (None,)
    xp = backend.get_array_module(E)
    dlogP = xp.zeros_like(E)
    dlogP[xp.arange(len(ids)), ids] = -dL / n * keep    # (B1)
    dS = -dlogP.sum(axis=-1, keepdims=True) / S         # (B2)
    dE = xp.broadcast_to(dS, E.shape)                   # (B3)
    dz = dlogP + dE * E                                 # (B4)
    return (dz.reshape(shape),)                         # (B5)


def countable(targets, ignore_index, dtype):
    """Target ids with 0 in place of ignore_index, the 0/1 weights of the rows in `dtype`, and how many count."""
    ids = targets.reshape(-1)
    counts = ids != ignore_index
    n = backend.item(counts.sum())
    if n == 0:
        raise ValueError(f"targets are all ignore_index={ignore_index}: at least one must count, or the loss is 0/0")
    return ids * counts, counts.astype(dtype), n


def cross_entropy_inputs(rng, N=2, T=3, V=7):
    targets = rng.integers(0, V, (N, T))
    targets[0, 1:2] = -100
    return {"logits": rng.standard_normal((N, T, V)), "targets": targets}
