"""dB lacks the scale s = alpha / r, which the forward has once: each of the two factors' gradients needs it.

fails at: dB (lora:B1)
cause: missing_lora_scale
"""

from minilora.ops.dropout import dropout_backward
from minilora.ops.form import rows
from minilora.ops.lora import lora_forward


def lora_backward(dy, cache, needs=None):
    xd, Z, A, B, s, dropped = cache
    dB = rows(dy).T @ rows(Z)                           # (B1)
    dZ = s * (dy @ B)                                   # (B2)
    dA = rows(dZ).T @ rows(xd)                          # (B3)
    dx = dZ @ A                                         # (B4)
    if dropped is not None:
        (dx,) = dropout_backward(dx, dropped)           # (B5)
    return dx, dA, dB
