"""dX is turned before it is read as a row, though X was read from a row without turning.

fails at: dx (lokr:B6)
cause: places exchanged
"""

from minilora.ops.dropout import dropout_backward
from minilora.ops.form import rows
from minilora.ops.lokr import lokr_forward


def lokr_backward(dy, cache, needs=None):
    X, Ht, C, D, s, dropped = cache
    dYt = dy.reshape(*dy.shape[:-1], len(C), len(D)).swapaxes(-1, -2)   # (B1)
    dC = rows(dYt).T @ (s * rows(Ht))                   # (B2)
    dH = s * (dYt @ C).swapaxes(-1, -2)                 # (B3)
    dD = rows(dH).T @ rows(X)                           # (B4)
    dx = (dH @ D).swapaxes(-1, -2).reshape(*dy.shape[:-1], -1)           # (B5)
    if dropped is not None:
        (dx,) = dropout_backward(dx, dropped)           # (B6)
    return dx, dC, dD
