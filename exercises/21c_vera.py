"""VeRA: one random pair A, B for all layers, and two learned vectors for each (Kopiczko et al. 2023, arXiv 2310.11454).

    x: (..., in)   A: (r, in)   B: (out, r)   d: (r,)   b: (out,)   y, dy: (..., out)   s: the scale   p: dropout, in [0, 1)
    keep: booleans of x's shape, or None for no dropout

    forward   (F1)  xd = x keep / (1 - p)
              (F2)  Z  = xd A^T                         (..., r)
              (F3)  Zd = Z d                            (..., r)
              (F4)  H  = Zd B^T                         (..., out)
              (F5)  y  = s H b, so Delta W = s diag(b) B diag(d) A
    backward  (B1)  db  = ...
              (B2)  dH  = ...                        (..., out)
              (B3)  dB  = ...
              (B4)  dZd = ...                          (..., r)
              (B5)  dd  = ...
              (B6)  dZ  = ...                         (..., r)
              (B7)  dA  = ...
              (B8)  dxd = ...
              (B9)  dx  = ...

A model freezes A and B and never asks for B3 and B7. With b = 0, as training begins, y = 0 and only db is not zero.

Exercise 21c, lesson 21: VeRA's path, forward and backward.
Write vera_forward and vera_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 21c       tests this file
    minilora exercise hint 21c        one hint more, each time
"""

from minilora.ops.dropout import dropout_backward, dropout_forward
from minilora.ops.form import row_product, rows, wanted


def vera_forward(x, A, B, d, b, keep=None, s=1.0, p=0.0):
    """y = s (((x A^T) d) B^T) b. The cache holds xd, Z, Zd, H, A, B, d, b, s and dropout's cache (None without a mask)."""
    # (F1)  xd =
    # (F2)  Z =
    # (F3)  Zd =
    # (F4)  H =
    # (F5)  y =
    raise NotImplementedError("21c: write vera_forward")


def vera_backward(dy, cache, needs=None):
    """The gradients dx, dA, dB, dd, db."""
    # (B1)  db =
    # (B2)  dH =
    # (B3)  dB =
    # (B4)  dZd =
    # (B5)  dd =
    # (B6)  dZ =
    # (B7)  dA =
    # (B8)  dxd =
    # (B9)  dx =
    raise NotImplementedError("21c: write vera_backward")


def vera_inputs(rng, N=2, T=3, n_in=7, n_out=11, r=5, p=0.3):
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "A": rng.standard_normal((r, n_in)),
        "B": rng.standard_normal((n_out, r)),
        "d": rng.standard_normal(r),
        "b": rng.standard_normal(n_out),                # not zero: b = 0 would hide every mistake but one in db
        "keep": rng.random((N, T, n_in)) >= p,
    }
