"""y is written out without turning Y back: it is that of D kron C, each number right and in another's place.

fails at: y (lokr:F4)
cause: reshaped
"""

from minilora.ops.dropout import dropout_forward
from minilora.ops.lokr import lokr_backward


def lokr_forward(x, C, D, keep=None, s=1.0, p=0.0):
    xd, dropped = (x, None) if keep is None else dropout_forward(x, keep, p)    # (F1)
    X = xd.reshape(*x.shape[:-1], C.shape[1], D.shape[1])       # (F1)
    Ht = (X @ D.T).swapaxes(-1, -2)                     # (F2)
    Yt = s * Ht @ C.T                                   # (F3)
    y = Yt.reshape(*x.shape[:-1], len(C) * len(D))   # (F4)
    return y, (X, Ht, C, D, s, dropped)
