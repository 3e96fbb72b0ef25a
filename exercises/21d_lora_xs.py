"""LoRA-XS: a small square matrix between two frozen factors, taken from the SVD of W (Bałazy et al. 2024, arXiv 2405.17604).

    x: (..., in)   A: (r, in)   B: (out, r)   R: (r, r)   y, dy: (..., out)   s: the scale   p: dropout, in [0, 1)
    keep: booleans of x's shape, or None for no dropout

    forward   (F1)  xd = x keep / (1 - p)
              (F2)  Z  = xd A^T                         (..., r)
              (F3)  H  = Z R^T                          (..., r)
              (F4)  y  = s H B^T, so Delta W = s B R A
    backward  (B1)  dB  = ...
              (B2)  dH  = ...                        (..., r)
              (B3)  dR  = ...
              (B4)  dZ  = ...                          (..., r)
              (B5)  dA  = ...
              (B6)  dxd = ...
              (B7)  dx  = ...

Here dW = dy^T xd. With W = U S V^T cut off at r, A = S_r V_r^T and B = U_r: R moves W within its own leading directions, and r^2
values are trained, whatever the size of W. A model freezes A and B and never asks for B1 and B5.

Exercise 21d, lesson 21: LoRA-XS's path, forward and backward.
Write lora_xs_forward and lora_xs_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 21d       tests this file
    minilora exercise hint 21d        one hint more, each time
"""

from minilora.ops.dropout import dropout_backward, dropout_forward
from minilora.ops.form import row_product, rows, wanted


def lora_xs_forward(x, A, B, R, keep=None, s=1.0, p=0.0):
    """y = s ((x A^T) R^T) B^T. The cache holds xd, Z, H, A, B, R, s and dropout's cache (None without a mask)."""
    # (F1)  xd =
    # (F2)  Z =
    # (F3)  H =
    # (F4)  y =
    raise NotImplementedError("21d: write lora_xs_forward")


def lora_xs_backward(dy, cache, needs=None):
    """The gradients dx, dA, dB, dR."""
    # (B1)  dB =
    # (B2)  dH =
    # (B3)  dR =
    # (B4)  dZ =
    # (B5)  dA =
    # (B6)  dxd =
    # (B7)  dx =
    raise NotImplementedError("21d: write lora_xs_backward")


def lora_xs_inputs(rng, N=2, T=3, n_in=7, n_out=11, r=5, p=0.3):
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "A": rng.standard_normal((r, n_in)),
        "B": rng.standard_normal((n_out, r)),
        "R": rng.standard_normal((r, r)),
        "keep": rng.random((N, T, n_in)) >= p,
    }
