"""AdaLoRA: the low-rank path in the form of an SVD, so that single directions can be switched off (Zhang et al. 2023, arXiv
2303.10512).

    x: (..., in)   P: (out, r)   lam: (r,)   Q: (r, in)   y, dy: (..., out)   s: the scale   p: dropout, in [0, 1)
    keep: booleans of x's shape, or None for no dropout

    forward   (F1)  xd = x keep / (1 - p)
              (F2)  Z  = xd Q^T                         (..., r)
              (F3)  H  = Z lam                          (..., r)
              (F4)  y  = s H P^T, so Delta W = s P diag(lam) Q
    backward  (B1)  dP  = s sum over rows  dy^T H
              (B2)  dH  = s dy P                        (..., r)
              (B3)  dlam = sum over rows  dH Z
              (B4)  dZ  = dH lam                        (..., r)
              (B5)  dQ  = sum over rows  dZ^T xd
              (B6)  dxd = dZ Q
              (B7)  dx  = dxd keep / (1 - p)

With lam = 0, as training begins, y = 0 and only dlam is not zero. P and Q are near orthogonal by a penalty, orthogonality in
penalties.py; that makes lam comparable to singular values.
"""

from minilora.ops.dropout import dropout_backward, dropout_forward
from minilora.ops.form import row_product, rows, wanted


def adalora_forward(x, P, lam, Q, keep=None, s=1.0, p=0.0):
    """y = s ((x Q^T) lam) P^T. The cache holds xd, Z, H, P, lam, Q, s and dropout's cache (None without a mask)."""
    xd, dropped = (x, None) if keep is None else dropout_forward(x, keep, p)    # (F1)
    Z = row_product(xd, Q.T)                            # (F2)
    H = Z * lam                                         # (F3)
    y = row_product(s * H, P.T)                         # (F4)
    return y, (xd, Z, H, P, lam, Q, s, dropped)


def adalora_backward(dy, cache, needs=None):
    """The gradients dx, dP, dlam, dQ."""
    xd, Z, H, P, lam, Q, s, dropped = cache
    dx = dP = dlam = dQ = None
    if wanted(needs, "P"):
        dP = rows(dy).T @ (s * rows(H))                 # (B1)
    if wanted(needs, "lam") or wanted(needs, "Q") or wanted(needs, "x"):
        dH = s * row_product(dy, P)                     # (B2)
    if wanted(needs, "lam"):
        dlam = (rows(dH) * rows(Z)).sum(axis=0)         # (B3)
    if wanted(needs, "Q") or wanted(needs, "x"):
        dZ = dH * lam                                   # (B4)
    if wanted(needs, "Q"):
        dQ = rows(dZ).T @ rows(xd)                      # (B5)
    if wanted(needs, "x"):
        dx = row_product(dZ, Q)                         # (B6)
        if dropped is not None:
            (dx,) = dropout_backward(dx, dropped)       # (B7)
    return dx, dP, dlam, dQ


def adalora_inputs(rng, N=2, T=3, n_in=7, n_out=11, r=5, p=0.3):
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "P": rng.standard_normal((n_out, r)),
        "lam": rng.standard_normal(r),                  # not zero: lam = 0 would hide every mistake in dP and dQ
        "Q": rng.standard_normal((r, n_in)),
        "keep": rng.random((N, T, n_in)) >= p,
    }
