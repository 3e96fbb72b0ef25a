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
              (B1)  dlogP   = ...
              (B2)  dS      = ...
              (B3)  dE      = ...
              (B4)  dz      = ...
              (B5)  dlogits = ...
      fused:
              (B6)  dlogits = ...

The maximum in F1 gets no gradient: L does not change when a constant is added to a row (so B5 has no second term).
No log(P + epsilon): F4 is exact, and an epsilon would change the gradient of every confidently wrong row.

Exercise 03b, lesson 03: Cross-entropy, one formula a line.
Write cross_entropy_steps_forward and cross_entropy_steps_backward.
What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 03b       tests this file
    minilora exercise hint 03b        one hint more, each time
"""

from minilora import backend
from minilora.ops.form import rows, wanted


def cross_entropy_steps_forward(logits, targets, ignore_index=-100):
    """L, one formula a line. The cache holds E, S, ids, keep, n and the shape. ValueError if all are ignored."""
    # (F1)  z =
    # (F2)  E =
    # (F3)  S =
    # (F4)  logP =
    # (F5)  L =
    raise NotImplementedError("03b: write cross_entropy_steps_forward")


def cross_entropy_steps_backward(dL, cache, needs=None):
    """The gradient dlogits: forward, read upwards."""
    # (B1)  dlogP =
    # (B2)  dS =
    # (B3)  dE =
    # (B4)  dz =
    # (B5)  dlogits =
    raise NotImplementedError("03b: write cross_entropy_steps_backward")


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
