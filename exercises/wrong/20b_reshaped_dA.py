"""dA has the table's layout (V, r) and is reshaped to (r, V). It must be transposed: the same numbers in other places.

fails at: dA (lora_embedding:B3)
cause: reshaped
"""

from minilora.ops.embedding import embedding_backward
from minilora.ops.form import rows
from minilora.ops.lora_embedding import lora_embedding_forward


def lora_embedding_backward(dy, cache, needs=None):
    looked_up, Z, B, s = cache
    dB = s * (rows(dy).T @ rows(Z))                     # (B1)
    dZ = s * (dy @ B)                                   # (B2)
    dA = embedding_backward(dZ, looked_up)[0].reshape(B.shape[1], -1)    # (B3)
    return dA, dB
