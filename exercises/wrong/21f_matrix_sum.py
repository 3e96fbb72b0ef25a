"""The two matrices are added. A sum of two matrices of rank r has the rank 2 r, their entrywise product up to r^2.

fails at: y (loha:F4)
cause: sum for product
"""

from minilora.ops.dropout import dropout_forward
from minilora.ops.loha import loha_backward


def loha_forward(x, A1, B1, A2, B2, keep=None, s=1.0, p=0.0):
    xd, dropped = (x, None) if keep is None else dropout_forward(x, keep, p)    # (F1)
    W1, W2 = B1 @ A1, B2 @ A2                           # (F2)
    D = W1 + W2                                         # (F3)
    y = xd @ (s * D.T)                                  # (F4)
    return y, (xd, A1, B1, A2, B2, W1, W2, D, s, dropped)
