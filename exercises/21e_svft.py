"""SVFT: the singular vectors of W stay, and a sparse matrix between them is learned (Lingam et al. 2024, arXiv 2405.19597).

    x: (..., in)   U: (out, k)   V: (in, k)   y, dy: (..., out)   s: the scale
    M: (nnz,)   row, col: (nnz,) integers in [0, k), the place of each value of M; no place occurs twice

    forward   (F1)  M_full = 0, but M at (row, col)     (k, k)
              (F2)  Z  = x V                            (..., k)
              (F3)  H  = Z M_full^T                     (..., k)
              (F4)  y  = s H U^T, so Delta W = s U M_full V^T
    backward  (B1)  dU = ...
              (B2)  dH = ...                         (..., k)
              (B3)  dM = ...
              (B4)  dZ = ...                      (..., k)
              (B5)  dV = ...
              (B6)  dx = ...

Here dW = dy^T x, and it is never formed. The zeros of M_full are multiplied with the rest: unless k is in the thousands, a dense
product is faster than a gather and a scatter. row = col = 0 ... k-1 trains the singular values alone; a band lets neighbours mix.
A model freezes U and V and never asks for B1 and B5.

Exercise 21e, lesson 21: SVFT's path, forward and backward.
Write svft_forward and svft_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 21e       tests this file
    minilora exercise hint 21e        one hint more, each time
"""

from minilora.backend import get_array_module
from minilora.ops.form import row_product, rows, wanted


def svft_forward(x, U, V, M, row, col, s=1.0):
    """y = s ((x V) M_full^T) U^T. The cache holds x, Z, H, U, V, M_full, row, col and s."""
    # (F1)  M_full =
    # (F2)  Z =
    # (F3)  H =
    # (F4)  y =
    raise NotImplementedError("21e: write svft_forward")


def svft_backward(dy, cache, needs=None):
    """The gradients dx, dU, dV, dM."""
    # (B1)  dU =
    # (B2)  dH =
    # (B3)  dM =
    # (B4)  dZ =
    # (B5)  dV =
    # (B6)  dx =
    raise NotImplementedError("21e: write svft_backward")


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
