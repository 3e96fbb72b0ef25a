"""LoKr: the Kronecker product of two small matrices, whose ranks multiply (Yeh et al. 2023, arXiv 2309.14859).

    x: (..., in), in = c d   C: (a, c)   D: (b, d)   y, dy: (..., out), out = a b   s: the scale   p: dropout, in [0, 1)
    keep: booleans of x's shape, or None for no dropout

    forward   (F1)  X  = x keep / (1 - p), read as      (..., c, d)
              (F2)  H  = X D^T                          (..., c, b)
              (F3)  Y  = s C H                          (..., a, b)
              (F4)  y  = Y read as (..., a b), so Delta W = s C kron D
    backward  (B1)  dY = ...                     (..., a, b)
              (B2)  dC = ...
              (B3)  dH = ...                       (..., c, b)
              (B4)  dD = ...
              (B5)  dX = ...              (..., in)
              (B6)  dx = ...

(C kron D)[i b + k, j d + l] = C[i, j] D[k, l]: the Kronecker product is never formed. With vectors read row by row,
(C kron D) vec(X) = vec(C X D^T). So that all rows meet C in one product, H is turned to (..., b, c) and Y to (..., b, a).
With C = 0, as training begins, y = 0 and only dC is not zero.

Exercise 21g, lesson 21: LoKr's path, forward and backward.
Write lokr_forward and lokr_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 21g       tests this file
    minilora exercise hint 21g        one hint more, each time
"""

from minilora.ops.dropout import dropout_backward, dropout_forward
from minilora.ops.form import row_product, rows, wanted


def lokr_forward(x, C, D, keep=None, s=1.0, p=0.0):
    """y = s x (C kron D)^T. The cache holds X, H (turned), C, D, s and dropout's cache (None without a mask)."""
    # (F1)  X =
    # (F2)  H =
    # (F3)  Y =
    # (F4)  y =
    raise NotImplementedError("21g: write lokr_forward")


def lokr_backward(dy, cache, needs=None):
    """The gradients dx, dC, dD."""
    # (B1)  dY =
    # (B2)  dC =
    # (B3)  dH =
    # (B4)  dD =
    # (B5)  dX =
    # (B6)  dx =
    raise NotImplementedError("21g: write lokr_backward")


def lokr_inputs(rng, N=2, T=3, a=4, b=5, c=6, d=7, p=0.3):
    return {
        "x": rng.standard_normal((N, T, c * d)),
        "C": rng.standard_normal((a, c)),               # not zero: C = 0 would hide every mistake in dD
        "D": rng.standard_normal((b, d)),
        "keep": rng.random((N, T, c * d)) >= p,
    }
