"""Affine map.

    x: (..., in)   W: (out, in)   b: (out,) or None   y, dy: (..., out)

    forward   (F1)  y  = x W^T + b
    backward  (B1)  dx = dy W
              (B2)  dW = sum over rows  dy^T x
              (B3)  db = sum over rows  dy
"""

from minilora.ops.form import row_product, rows, wanted


def linear_forward(x, W, b=None):
    """y = x W^T + b. The cache holds x, W and whether there was a b."""
    y = row_product(x, W.T)                             # (F1)
    if b is not None:
        y += b                                          # (F1)
    return y, (x, W, b is not None)


def linear_backward(dy, cache, needs=None):
    """The gradients dx, dW, db; db is None where there was no b."""
    x, W, has_bias = cache
    dx = dW = db = None
    if wanted(needs, "x"):
        dx = row_product(dy, W)                         # (B1)
    if wanted(needs, "W"):
        dW = rows(dy).T @ rows(x)                       # (B2)
    if has_bias and wanted(needs, "b"):
        db = rows(dy).sum(axis=0)                       # (B3)
    return dx, dW, db


def linear_inputs(rng, N=2, T=3, n_in=5, n_out=7):
    return {
        "x": rng.standard_normal((N, T, n_in)),
        "W": rng.standard_normal((n_out, n_in)),
        "b": rng.standard_normal(n_out),
    }
