"""dW is transposed: x^T dy has the shape (in, out), W has (out, in).

fails at: dW (linear:B2)
cause: transposed
"""

from minilora.ops.form import rows
from minilora.ops.linear import linear_forward


def linear_backward(dy, cache, needs=None):
    x, W, has_bias = cache
    dx = dy @ W                                         # (B1)
    dW = rows(x).T @ rows(dy)                           # (B2)
    db = rows(dy).sum(axis=0) if has_bias else None     # (B3)
    return dx, dW, db
