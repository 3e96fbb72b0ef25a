"""Embedding: rows of a table, looked up by id.

    ids: (...) integers in [0, V)   W: (V, C)   y, dy: (..., C)

    forward   (F1)  y = W[ids], which is onehot(ids) W
    backward  (B1)  dW = ...

An id that occurs twice must collect both gradients; `dW[ids] += dy` would keep the last one only.

Exercise 06a, lesson 06: The embedding: look up, and scatter back.
Write embedding_forward and embedding_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 06a       tests this file
    minilora exercise hint 06a        one hint more, each time
"""

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def embedding_forward(ids, W):
    """y = W[ids]. The cache holds ids and W. The ids must lie in [0, V): the caller has checked them."""
    # (F1)  y =
    raise NotImplementedError("06a: write embedding_forward")


def embedding_backward(dy, cache, needs=None):
    """The gradient dW."""
    # (B1)  dW =
    raise NotImplementedError("06a: write embedding_backward")


def embedding_inputs(rng, N=3, T=5, V=7, C=4):
    ids = rng.integers(0, V, (N, T))
    ids[0, :2] = ids[-1, -1]                            # at least one id is certain to repeat
    return {"ids": ids, "W": rng.standard_normal((V, C))}
