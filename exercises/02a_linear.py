"""Affine map.

    x: (..., in)   W: (out, in)   b: (out,) or None   y, dy: (..., out)

    forward   (F1)  y  = x W^T + b
    backward  (B1)  dx = ...
              (B2)  dW = ...
              (B3)  db = ...

Exercise 02a, lesson 02: The linear layer, forward and backward.
Write linear_forward and linear_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 02a       tests this file
    minilora exercise hint 02a        one hint more, each time
"""

from minilora.ops.form import row_product, rows, wanted


def linear_forward(x, W, b=None):
    """y = x W^T + b. The cache holds x, W and whether there was a b."""
    # (F1)  y =
    raise NotImplementedError("02a: write linear_forward")


def linear_backward(dy, cache, needs=None):
    """The gradients dx, dW, db; db is None where there was no b."""
    # (B1)  dx =
    # (B2)  dW =
    # (B3)  db =
    raise NotImplementedError("02a: write linear_backward")


def linear_inputs(rng, N=2, T=3, n_in=5, n_out=7):
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "W": rng.standard_normal((n_out, n_in)),
        "b": rng.standard_normal(n_out),
    }
