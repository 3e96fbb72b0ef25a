"""s stands in dZ and once more in dA: it is in the path to A once.

fails at: dA (lora_embedding:B3)
cause: a factor too many
"""

from minilora.ops.embedding import embedding_backward
from minilora.ops.form import rows
from minilora.ops.lora_embedding import lora_embedding_forward


def lora_embedding_backward(dy, cache, needs=None):
    looked_up, Z, B, s = cache
    dB = s * (rows(dy).T @ rows(Z))                     # (B1)
    dZ = s * (dy @ B)                                   # (B2)
    dA = s * embedding_backward(dZ, looked_up)[0].T     # (B3)
    return dA, dB
