"""AdaLoRA: the low-rank path in the form of an SVD, so that single directions can be switched off (Zhang et al. 2023, arXiv
2303.10512).

    x: (..., in)   P: (out, r)   lam: (r,)   Q: (r, in)   y, dy: (..., out)   s: the scale   p: dropout, in [0, 1)
    keep: booleans of x's shape, or None for no dropout

    forward   (F1)  xd = x keep / (1 - p)
              (F2)  Z  = xd Q^T                         (..., r)
              (F3)  H  = Z lam                          (..., r)
              (F4)  y  = s H P^T, so Delta W = s P diag(lam) Q
    backward  (B1)  dP  = ...
              (B2)  dH  = ...                        (..., r)
              (B3)  dlam = ...
              (B4)  dZ  = ...                        (..., r)
              (B5)  dQ  = ...
              (B6)  dxd = ...
              (B7)  dx  = ...

With lam = 0, as training begins, y = 0 and only dlam is not zero. P and Q are near orthogonal by a penalty, orthogonality in
penalties.py; that makes lam comparable to singular values.

Exercise 21a, lesson 21: AdaLoRA's path, forward and backward.
Write adalora_forward and adalora_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 21a       tests this file
    minilora exercise hint 21a        one hint more, each time
"""

from minilora.ops.dropout import dropout_backward, dropout_forward
from minilora.ops.form import row_product, rows, wanted


def adalora_forward(x, P, lam, Q, keep=None, s=1.0, p=0.0):
    """y = s ((x Q^T) lam) P^T. The cache holds xd, Z, H, P, lam, Q, s and dropout's cache (None without a mask)."""
    # (F1)  xd =
    # (F2)  Z =
    # (F3)  H =
    # (F4)  y =
    raise NotImplementedError("21a: write adalora_forward")


def adalora_backward(dy, cache, needs=None):
    """The gradients dx, dP, dlam, dQ."""
    # (B1)  dP =
    # (B2)  dH =
    # (B3)  dlam =
    # (B4)  dZ =
    # (B5)  dQ =
    # (B6)  dxd =
    # (B7)  dx =
    raise NotImplementedError("21a: write adalora_backward")


def adalora_inputs(rng, N=2, T=3, n_in=7, n_out=11, r=5, p=0.3):
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "P": rng.standard_normal((n_out, r)),
        "lam": rng.standard_normal(r),                  # not zero: lam = 0 would hide every mistake in dP and dQ
        "Q": rng.standard_normal((r, n_in)),
        "keep": rng.random((N, T, n_in)) >= p,
    }
