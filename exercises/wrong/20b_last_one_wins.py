"""The columns of dA are assigned, so of a token that occurs twice the last place alone counts. They are summed.

fails at: dA (lora_embedding:B3)
cause: overwritten_duplicates
"""

import numpy as np

from minilora.ops.form import rows
from minilora.ops.lora_embedding import lora_embedding_forward


def lora_embedding_backward(dy, cache, needs=None):
    (ids, table), Z, B, s = cache
    dB = s * (rows(dy).T @ rows(Z))                     # (B1)
    dZ = s * (dy @ B)                                   # (B2)
    dA = np.zeros(table.T.shape)
    dA[:, ids.reshape(-1)] = rows(dZ).T                 # (B3)
    return dA, dB
