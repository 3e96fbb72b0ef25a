"""dB lacks the scale s, which stands once in the forward: each factor's gradient needs it.

fails at: dB (lora_embedding:B1)
cause: missing_lora_scale
"""

from minilora.ops.embedding import embedding_backward
from minilora.ops.form import rows
from minilora.ops.lora_embedding import lora_embedding_forward


def lora_embedding_backward(dy, cache, needs=None):
    looked_up, Z, B, s = cache
    dB = rows(dy).T @ rows(Z)                           # (B1)
    dZ = s * (dy @ B)                                   # (B2)
    dA = embedding_backward(dZ, looked_up)[0].T         # (B3)
    return dA, dB
