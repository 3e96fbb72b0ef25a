"""LoRA: the low-rank path beside a frozen linear map (Hu et al. 2021, arXiv 2106.09685, section 4.1).

    x: (..., in)   A: (r, in)   B: (out, r)   y, dy: (..., out)   s = alpha / r   p: dropout, in [0, 1)
    keep: booleans of x's shape, or None for no dropout

    forward   (F1)  xd = x keep / (1 - p)
              (F2)  Z  = xd A^T                         (..., r)
              (F3)  y  = s Z B^T, to be added to the frozen map's x W^T + b
    backward  (B1)  dB  = s sum over rows  dy^T Z       = s dW A^T
              (B2)  dZ  = s dy B                        (..., r)
              (B3)  dA  = sum over rows  dZ^T xd        = s B^T dW
              (B4)  dxd = dZ A
              (B5)  dx  = dxd keep / (1 - p)

Here dW = dy^T xd is the gradient that the full matrix would get: dA and dB are its projections, and it is never formed, nor is
Delta W = s B A. With B = 0, as training begins, y = 0 and dA = 0, but dB is not zero.
"""

from minilora.ops.dropout import dropout_backward, dropout_forward
from minilora.ops.form import row_product, rows, wanted


def lora_forward(x, A, B, keep=None, s=1.0, p=0.0):
    """y = s (x A^T) B^T. The cache holds xd, Z, A, B, s and dropout's cache (None without a mask)."""
    xd, dropped = (x, None) if keep is None else dropout_forward(x, keep, p)    # (F1)
    Z = row_product(xd, A.T)                            # (F2)
    y = row_product(s * Z, B.T)                         # (F3)
    return y, (xd, Z, A, B, s, dropped)


def lora_backward(dy, cache, needs=None):
    """The gradients dx, dA, dB."""
    xd, Z, A, B, s, dropped = cache
    dx = dA = dB = None
    if wanted(needs, "B"):
        dB = rows(dy).T @ (s * rows(Z))                 # (B1)
    if wanted(needs, "A") or wanted(needs, "x"):
        dZ = s * row_product(dy, B)                     # (B2)
    if wanted(needs, "A"):
        dA = rows(dZ).T @ rows(xd)                      # (B3)
    if wanted(needs, "x"):
        dx = row_product(dZ, A)                         # (B4)
        if dropped is not None:
            (dx,) = dropout_backward(dx, dropped)       # (B5)
    return dx, dA, dB


def lora_inputs(rng, N=2, T=3, n_in=7, n_out=11, r=5, p=0.3):
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "A": rng.standard_normal((r, n_in)),
        "B": rng.standard_normal((n_out, r)),           # not zero: B = 0 would hide every mistake in dA
        "keep": rng.random((N, T, n_in)) >= p,
    }
