"""VeRA: one random pair A, B for all layers, and two learned vectors for each (Kopiczko et al. 2023, arXiv 2310.11454).

    x: (..., in)   A: (r, in)   B: (out, r)   d: (r,)   b: (out,)   y, dy: (..., out)   s: the scale   p: dropout, in [0, 1)
    keep: booleans of x's shape, or None for no dropout

    forward   (F1)  xd = x keep / (1 - p)
              (F2)  Z  = xd A^T                         (..., r)
              (F3)  Zd = Z d                            (..., r)
              (F4)  H  = Zd B^T                         (..., out)
              (F5)  y  = s H b, so Delta W = s diag(b) B diag(d) A
    backward  (B1)  db  = s sum over rows  dy H
              (B2)  dH  = s dy b                        (..., out)
              (B3)  dB  = sum over rows  dH^T Zd
              (B4)  dZd = dH B                          (..., r)
              (B5)  dd  = sum over rows  dZd Z
              (B6)  dZ  = dZd d                         (..., r)
              (B7)  dA  = sum over rows  dZ^T xd
              (B8)  dxd = dZ A
              (B9)  dx  = dxd keep / (1 - p)

A model freezes A and B and never asks for B3 and B7. With b = 0, as training begins, y = 0 and only db is not zero.
"""

from minilora.ops.dropout import dropout_backward, dropout_forward
from minilora.ops.form import row_product, rows, wanted


def vera_forward(x, A, B, d, b, keep=None, s=1.0, p=0.0):
    """y = s (((x A^T) d) B^T) b. The cache holds xd, Z, Zd, H, A, B, d, b, s and dropout's cache (None without a mask)."""
    xd, dropped = (x, None) if keep is None else dropout_forward(x, keep, p)    # (F1)
    Z = row_product(xd, A.T)                            # (F2)
    Zd = Z * d                                          # (F3)
    H = row_product(Zd, B.T)                            # (F4)
    y = H * (s * b)                                     # (F5)
    return y, (xd, Z, Zd, H, A, B, d, b, s, dropped)


def vera_backward(dy, cache, needs=None):
    """The gradients dx, dA, dB, dd, db."""
    xd, Z, Zd, H, A, B, d, b, s, dropped = cache
    dx = dA = dB = dd = db = None
    if wanted(needs, "b"):
        db = s * (rows(dy) * rows(H)).sum(axis=0)       # (B1)
    if any(wanted(needs, name) for name in ("B", "d", "A", "x")):
        dH = dy * (s * b)                               # (B2)
    if wanted(needs, "B"):
        dB = rows(dH).T @ rows(Zd)                      # (B3)
    if any(wanted(needs, name) for name in ("d", "A", "x")):
        dZd = row_product(dH, B)                        # (B4)
    if wanted(needs, "d"):
        dd = (rows(dZd) * rows(Z)).sum(axis=0)          # (B5)
    if wanted(needs, "A") or wanted(needs, "x"):
        dZ = dZd * d                                    # (B6)
    if wanted(needs, "A"):
        dA = rows(dZ).T @ rows(xd)                      # (B7)
    if wanted(needs, "x"):
        dx = row_product(dZ, A)                         # (B8)
        if dropped is not None:
            (dx,) = dropout_backward(dx, dropped)       # (B9)
    return dx, dA, dB, dd, db


def vera_inputs(rng, N=2, T=3, n_in=7, n_out=11, r=5, p=0.3):
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "A": rng.standard_normal((r, n_in)),
        "B": rng.standard_normal((n_out, r)),
        "d": rng.standard_normal(r),
        "b": rng.standard_normal(n_out),                # not zero: b = 0 would hide every mistake but one in db
        "keep": rng.random((N, T, n_in)) >= p,
    }
