"""LoRA: the low-rank path beside a frozen linear map (Hu et al. 2021, arXiv 2106.09685, section 4.1).

    x: (..., in)   A: (r, in)   B: (out, r)   y, dy: (..., out)   s = alpha / r   p: dropout, in [0, 1)
    keep: booleans of x's shape, or None for no dropout

    forward   (F1)  xd = x keep / (1 - p)
              (F2)  Z  = xd A^T                         (..., r)
              (F3)  y  = s Z B^T, to be added to the frozen map's x W^T + b
    backward  (B1)  dB  = ...
              (B2)  dZ  = ...                        (..., r)
              (B3)  dA  = ...
              (B4)  dxd = ...
              (B5)  dx  = ...

Here dW = dy^T xd is the gradient that the full matrix would get: dA and dB are its projections, and it is never formed, nor is
Delta W = s B A. With B = 0, as training begins, y = 0 and dA = 0, but dB is not zero.

Exercise 16a, lesson 16: The LoRA linear, forward and backward.
Write lora_forward and lora_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 16a       tests this file
    minilora exercise hint 16a        one hint more, each time
"""

from minilora.ops.dropout import dropout_backward, dropout_forward
from minilora.ops.form import row_product, rows, wanted


def lora_forward(x, A, B, keep=None, s=1.0, p=0.0):
    """y = s (x A^T) B^T. The cache holds xd, Z, A, B, s and dropout's cache (None without a mask)."""
    # (F1)  xd =
    # (F2)  Z =
    # (F3)  y =
    raise NotImplementedError("16a: write lora_forward")


def lora_backward(dy, cache, needs=None):
    """The gradients dx, dA, dB."""
    # (B1)  dB =
    # (B2)  dZ =
    # (B3)  dA =
    # (B4)  dxd =
    # (B5)  dx =
    raise NotImplementedError("16a: write lora_backward")


def lora_inputs(rng, N=2, T=3, n_in=7, n_out=11, r=5, p=0.3):
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "A": rng.standard_normal((r, n_in)),
        "B": rng.standard_normal((n_out, r)),           # not zero: B = 0 would hide every mistake in dA
        "keep": rng.random((N, T, n_in)) >= p,
    }
