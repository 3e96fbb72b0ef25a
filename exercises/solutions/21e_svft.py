"""SVFT: the singular vectors of W stay, and a sparse matrix between them is learned (Lingam et al. 2024, arXiv 2405.19597).

    x: (..., in)   U: (out, k)   V: (in, k)   y, dy: (..., out)   s: the scale
    M: (nnz,)   row, col: (nnz,) integers in [0, k), the place of each value of M; no place occurs twice

    forward   (F1)  M_full = 0, but M at (row, col)     (k, k)
              (F2)  Z  = x V                            (..., k)
              (F3)  H  = Z M_full^T                     (..., k)
              (F4)  y  = s H U^T, so Delta W = s U M_full V^T
    backward  (B1)  dU = s sum over rows  dy^T H
              (B2)  dH = s dy U                         (..., k)
              (B3)  dM = (sum over rows  dH^T Z) at (row, col)      = s (U^T dW V) at (row, col)
              (B4)  dZ = dH M_full                      (..., k)
              (B5)  dV = sum over rows  x^T dZ
              (B6)  dx = dZ V^T

Here dW = dy^T x, and it is never formed. The zeros of M_full are multiplied with the rest: unless k is in the thousands, a dense
product is faster than a gather and a scatter. row = col = 0 ... k-1 trains the singular values alone; a band lets neighbours mix.
A model freezes U and V and never asks for B1 and B5.
"""

from minilora.backend import get_array_module
from minilora.ops.form import row_product, rows, wanted


def svft_forward(x, U, V, M, row, col, s=1.0):
    """y = s ((x V) M_full^T) U^T. The cache holds x, Z, H, U, V, M_full, row, col and s."""
    k = U.shape[1]
    M_full = get_array_module(M).zeros((k, k), dtype=M.dtype)
    M_full[row, col] = M                                # (F1)
    Z = row_product(x, V)                               # (F2)
    H = row_product(Z, M_full.T)                        # (F3)
    y = row_product(s * H, U.T)                         # (F4)
    return y, (x, Z, H, U, V, M_full, row, col, s)


def svft_backward(dy, cache, needs=None):
    """The gradients dx, dU, dV, dM."""
    x, Z, H, U, V, M_full, row, col, s = cache
    dx = dU = dV = dM = None
    if wanted(needs, "U"):
        dU = rows(dy).T @ (s * rows(H))                 # (B1)
    if wanted(needs, "M") or wanted(needs, "V") or wanted(needs, "x"):
        dH = s * row_product(dy, U)                     # (B2)
    if wanted(needs, "M"):
        dM = (rows(dH).T @ rows(Z))[row, col]           # (B3)
    if wanted(needs, "V") or wanted(needs, "x"):
        dZ = row_product(dH, M_full)                    # (B4)
    if wanted(needs, "V"):
        dV = rows(x).T @ rows(dZ)                       # (B5)
    if wanted(needs, "x"):
        dx = row_product(dZ, V.T)                       # (B6)
    return dx, dU, dV, dM


def svft_inputs(rng, N=2, T=3, n_in=7, n_out=11, k=5, w=1):
    """A band, its places in no order: the main diagonal and w more on each side."""
    places = rng.permutation(k * k)
    row, col = places // k, places % k
    band = abs(row - col) <= w
    row, col = row[band], col[band]
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "U": rng.standard_normal((n_out, k)),
        "V": rng.standard_normal((n_in, k)),
        "M": rng.standard_normal(len(row)),
        "row": row,
        "col": col,
    }
