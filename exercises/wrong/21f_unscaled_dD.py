"""dD lacks the scale s, and all four factors with it.

fails at: dA1 (loha:B5), dB1 (loha:B4), dA2 (loha:B7), dB2 (loha:B6)
cause: wrong_scale
"""

from minilora.ops.dropout import dropout_backward
from minilora.ops.form import rows
from minilora.ops.loha import loha_forward


def loha_backward(dy, cache, needs=None):
    xd, A1, B1, A2, B2, W1, W2, D, s, dropped = cache
    dD = rows(dy).T @ rows(xd)                    # (B1)
    dW1, dW2 = dD * W2, dD * W1                         # (B2) (B3)
    dB1, dA1 = dW1 @ A1.T, B1.T @ dW1                   # (B4) (B5)
    dB2, dA2 = dW2 @ A2.T, B2.T @ dW2                   # (B6) (B7)
    dx = s * (dy @ D)                                   # (B8)
    if dropped is not None:
        (dx,) = dropout_backward(dx, dropped)           # (B9)
    return dx, dA1, dB1, dA2, dB2
