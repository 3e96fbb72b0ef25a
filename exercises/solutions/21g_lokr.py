"""LoKr: the Kronecker product of two small matrices, whose ranks multiply (Yeh et al. 2023, arXiv 2309.14859).

    x: (..., in), in = c d   C: (a, c)   D: (b, d)   y, dy: (..., out), out = a b   s: the scale   p: dropout, in [0, 1)
    keep: booleans of x's shape, or None for no dropout

    forward   (F1)  X  = x keep / (1 - p), read as      (..., c, d)
              (F2)  H  = X D^T                          (..., c, b)
              (F3)  Y  = s C H                          (..., a, b)
              (F4)  y  = Y read as (..., a b), so Delta W = s C kron D
    backward  (B1)  dY = dy read as                     (..., a, b)
              (B2)  dC = s sum over rows  dY H^T
              (B3)  dH = s C^T dY                       (..., c, b)
              (B4)  dD = sum over rows  dH^T X
              (B5)  dX = dH D, read as dxd              (..., in)
              (B6)  dx = dxd keep / (1 - p)

(C kron D)[i b + k, j d + l] = C[i, j] D[k, l]: the Kronecker product is never formed. With vectors read row by row,
(C kron D) vec(X) = vec(C X D^T). So that all rows meet C in one product, H is turned to (..., b, c) and Y to (..., b, a).
With C = 0, as training begins, y = 0 and only dC is not zero.
"""

from minilora.ops.dropout import dropout_backward, dropout_forward
from minilora.ops.form import row_product, rows, wanted


def lokr_forward(x, C, D, keep=None, s=1.0, p=0.0):
    """y = s x (C kron D)^T. The cache holds X, H (turned), C, D, s and dropout's cache (None without a mask)."""
    xd, dropped = (x, None) if keep is None else dropout_forward(x, keep, p)    # (F1)
    X = xd.reshape(*x.shape[:-1], C.shape[1], D.shape[1])       # (F1)
    Ht = row_product(X, D.T).swapaxes(-1, -2)           # (F2): (..., b, c)
    Yt = row_product(s * Ht, C.T)                       # (F3): (..., b, a)
    y = Yt.swapaxes(-1, -2).reshape(*x.shape[:-1], len(C) * len(D))   # (F4)
    return y, (X, Ht, C, D, s, dropped)


def lokr_backward(dy, cache, needs=None):
    """The gradients dx, dC, dD."""
    X, Ht, C, D, s, dropped = cache
    dx = dC = dD = None
    dYt = dy.reshape(*dy.shape[:-1], len(C), len(D)).swapaxes(-1, -2)   # (B1): (..., b, a)
    if wanted(needs, "C"):
        dC = rows(dYt).T @ (s * rows(Ht))               # (B2)
    if wanted(needs, "D") or wanted(needs, "x"):
        dH = s * row_product(dYt, C).swapaxes(-1, -2)   # (B3)
    if wanted(needs, "D"):
        dD = rows(dH).T @ rows(X)                       # (B4)
    if wanted(needs, "x"):
        dx = row_product(dH, D).reshape(*dy.shape[:-1], C.shape[1] * D.shape[1])    # (B5)
        if dropped is not None:
            (dx,) = dropout_backward(dx, dropped)       # (B6)
    return dx, dC, dD


def lokr_inputs(rng, N=2, T=3, a=4, b=5, c=6, d=7, p=0.3):
    return {
        "x": rng.standard_normal((N, T, c * d)),
        "C": rng.standard_normal((a, c)),               # not zero: C = 0 would hide every mistake in dD
        "D": rng.standard_normal((b, d)),
        "keep": rng.random((N, T, c * d)) >= p,
    }
