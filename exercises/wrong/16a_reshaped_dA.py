"""dA is xd^T dZ, (in, r), reshaped to (r, in). It is dZ^T xd, (r, in): the same numbers in other places.

fails at: dA (lora:B3)
cause: reshaped
"""

from minilora.ops.dropout import dropout_backward
from minilora.ops.form import rows
from minilora.ops.lora import lora_forward


def lora_backward(dy, cache, needs=None):
    xd, Z, A, B, s, dropped = cache
    dB = rows(dy).T @ (s * rows(Z))                     # (B1)
    dZ = s * (dy @ B)                                   # (B2)
    dA = (rows(xd).T @ rows(dZ)).reshape(A.shape)       # (B3)
    dx = dZ @ A                                         # (B4)
    if dropped is not None:
        (dx,) = dropout_backward(dx, dropped)           # (B5)
    return dx, dA, dB
