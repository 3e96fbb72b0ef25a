"""dW is overwritten at each step in time, where the steps' contributions are due to be added: only the last one counts.

fails at: dW (linear:B2)
cause: not_accumulated
"""

from minilora.ops.form import rows
from minilora.ops.linear import linear_forward


def linear_backward(dy, cache, needs=None):
    x, W, has_bias = cache
    dx = dy @ W                                         # (B1)
    for t in range(x.shape[1]):
        dW = dy[:, t].T @ x[:, t]                       # (B2)
    db = rows(dy).sum(axis=0) if has_bias else None     # (B3)
    return dx, dW, db
