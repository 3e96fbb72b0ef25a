"""Embedding: rows of a table, looked up by id.

    ids: (...) integers in [0, V)   W: (V, C)   y, dy: (..., C)

    forward   (F1)  y = W[ids], which is onehot(ids) W
    backward  (B1)  dW = onehot(ids)^T dy: row v sums dy over every place where ids is v

An id that occurs twice must collect both gradients; `dW[ids] += dy` would keep the last one only.
"""

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def embedding_forward(ids, W):
    """y = W[ids]. The cache holds ids and W. The ids must lie in [0, V): the caller has checked them."""
    y = W[ids]                                          # (F1)
    return y, (ids, W)


def embedding_backward(dy, cache, needs=None):
    """The gradient dW."""
    ids, W = cache
    if not wanted(needs, "W"):
        return (None,)
    xp = get_array_module(dy)
    C = W.shape[1]
    dW = xp.zeros(W.shape, dtype=W.dtype)
    # add.at is several times faster on flat arrays, so each entry of dy is sent to its own place in a flat dW
    places = ids.reshape(-1, 1).astype("int64") * C + xp.arange(C)      # in the ids' own 8 or 16 bits, id C would wrap around
    xp.add.at(dW.reshape(-1), places.reshape(-1), dy.reshape(-1))   # (B1)
    return (dW,)


def embedding_inputs(rng, N=3, T=5, V=7, C=4):
    ids = rng.integers(0, V, (N, T))
    ids[0, :2] = ids[-1, -1]                            # at least one id is certain to repeat
    return {"ids": ids, "W": rng.standard_normal((V, C))}
