"""dx is the gradient of xd, the input after dropout (B4): the mask is not used a second time on the way back (B5).

fails at: dx (lora:B5)
cause: dropout_mask_not_reused
"""

from minilora.ops.form import rows
from minilora.ops.lora import lora_forward


def lora_backward(dy, cache, needs=None):
    xd, Z, A, B, s, dropped = cache
    dB = rows(dy).T @ (s * rows(Z))                     # (B1)
    dZ = s * (dy @ B)                                   # (B2)
    dA = rows(dZ).T @ rows(xd)                          # (B3)
    dx = dZ @ A                                         # (B4)
    return dx, dA, dB
