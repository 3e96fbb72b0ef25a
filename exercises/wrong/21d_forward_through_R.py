"""Forward multiplies by R and not by R^T: with rows for vectors, B R A x is x A^T R^T B^T.

fails at: y (lora_xs:F4)
cause: transposed factor
"""

from minilora.ops.dropout import dropout_forward
from minilora.ops.lora_xs import lora_xs_backward


def lora_xs_forward(x, A, B, R, keep=None, s=1.0, p=0.0):
    xd, dropped = (x, None) if keep is None else dropout_forward(x, keep, p)    # (F1)
    Z = xd @ A.T                                        # (F2)
    H = Z @ R                                           # (F3)
    y = s * H @ B.T                                     # (F4)
    return y, (xd, Z, H, A, B, R, s, dropped)
