"""LoRA-XS: a small square matrix between two frozen factors, taken from the SVD of W (Bałazy et al. 2024, arXiv 2405.17604).

    x: (..., in)   A: (r, in)   B: (out, r)   R: (r, r)   y, dy: (..., out)   s: the scale   p: dropout, in [0, 1)
    keep: booleans of x's shape, or None for no dropout

    forward   (F1)  xd = x keep / (1 - p)
              (F2)  Z  = xd A^T                         (..., r)
              (F3)  H  = Z R^T                          (..., r)
              (F4)  y  = s H B^T, so Delta W = s B R A
    backward  (B1)  dB  = s sum over rows  dy^T H
              (B2)  dH  = s dy B                        (..., r)
              (B3)  dR  = sum over rows  dH^T Z         = s B^T dW A^T
              (B4)  dZ  = dH R                          (..., r)
              (B5)  dA  = sum over rows  dZ^T xd
              (B6)  dxd = dZ A
              (B7)  dx  = dxd keep / (1 - p)

Here dW = dy^T xd. With W = U S V^T cut off at r, A = S_r V_r^T and B = U_r: R moves W within its own leading directions, and r^2
values are trained, whatever the size of W. A model freezes A and B and never asks for B1 and B5.
"""

from minilora.ops.dropout import dropout_backward, dropout_forward
from minilora.ops.form import row_product, rows, wanted


def lora_xs_forward(x, A, B, R, keep=None, s=1.0, p=0.0):
    """y = s ((x A^T) R^T) B^T. The cache holds xd, Z, H, A, B, R, s and dropout's cache (None without a mask)."""
    xd, dropped = (x, None) if keep is None else dropout_forward(x, keep, p)    # (F1)
    Z = row_product(xd, A.T)                            # (F2)
    H = row_product(Z, R.T)                             # (F3)
    y = row_product(s * H, B.T)                         # (F4)
    return y, (xd, Z, H, A, B, R, s, dropped)


def lora_xs_backward(dy, cache, needs=None):
    """The gradients dx, dA, dB, dR."""
    xd, Z, H, A, B, R, s, dropped = cache
    dx = dA = dB = dR = None
    if wanted(needs, "B"):
        dB = rows(dy).T @ (s * rows(H))                 # (B1)
    if wanted(needs, "R") or wanted(needs, "A") or wanted(needs, "x"):
        dH = s * row_product(dy, B)                     # (B2)
    if wanted(needs, "R"):
        dR = rows(dH).T @ rows(Z)                       # (B3)
    if wanted(needs, "A") or wanted(needs, "x"):
        dZ = row_product(dH, R)                         # (B4)
    if wanted(needs, "A"):
        dA = rows(dZ).T @ rows(xd)                      # (B5)
    if wanted(needs, "x"):
        dx = row_product(dZ, A)                         # (B6)
        if dropped is not None:
            (dx,) = dropout_backward(dx, dropped)       # (B7)
    return dx, dA, dB, dR


def lora_xs_inputs(rng, N=2, T=3, n_in=7, n_out=11, r=5, p=0.3):
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "A": rng.standard_normal((r, n_in)),
        "B": rng.standard_normal((n_out, r)),
        "R": rng.standard_normal((r, r)),
        "keep": rng.random((N, T, n_in)) >= p,
    }
