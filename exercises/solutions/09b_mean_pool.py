"""Pooling: one vector for a sequence, for a classifier to read.

    x, dx: (N, T, C)   mask: (N, T) booleans, True for a real token   index: (N,) integers in [0, T)   y, dy: (N, C)

    mean      (F1)  y  = sum over T  mask x / n,  n = sum over T  mask
    backward  (B1)  dx = mask dy / n

    pick      (F2)  y  = x[index], one position a sequence: the first, or the last real token
    backward  (B2)  dx = dy at that position, 0 elsewhere
"""

from minilora.ops.form import wanted


def mean_pool_forward(x, mask):
    """The mean over real tokens. The cache holds mask / n, (N, T, 1). Each sequence needs a real token."""
    weight = mask.astype(x.dtype)
    weight = (weight / weight.sum(axis=1, keepdims=True))[..., None]
    y = (weight * x).sum(axis=1)                        # (F1)
    return y, (weight,)


def mean_pool_backward(dy, cache, needs=None):
    """The gradient dx."""
    (weight,) = cache
    return (weight * dy[:, None, :] if wanted(needs, "x") else None,)   # (B1)


def mean_pool_inputs(rng, N=3, T=5, C=7):
    mask = rng.random((N, T)) < 0.6
    mask[0, -1], mask[:, 0] = False, True
    return {"x": rng.standard_normal((N, T, C)), "mask": mask}
