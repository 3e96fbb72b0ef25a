"""dB lacks the scale s.

fails at: dB (lora_xs:B1)
cause: missing_lora_scale
"""

from minilora.ops.dropout import dropout_backward
from minilora.ops.form import rows
from minilora.ops.lora_xs import lora_xs_forward


def lora_xs_backward(dy, cache, needs=None):
    xd, Z, H, A, B, R, s, dropped = cache
    dB = rows(dy).T @ rows(H)                     # (B1)
    dH = s * (dy @ B)                                   # (B2)
    dR = rows(dH).T @ rows(Z)                           # (B3)
    dZ = dH @ R                                         # (B4)
    dA = rows(dZ).T @ rows(xd)                          # (B5)
    dx = dZ @ A                                         # (B6)
    if dropped is not None:
        (dx,) = dropout_backward(dx, dropped)           # (B7)
    return dx, dA, dB, dR
