"""A row that sees nothing gets equal weights, as large negative numbers in the place of minus infinity give. It becomes zeros.

fails at: P (attention:F2)
cause: equal weights on hidden keys
"""

from minilora.backend import get_array_module


def masked_softmax(scores, out=None):
    xp = get_array_module(scores)
    finite = xp.maximum(scores, -1e9)
    P = xp.exp(finite - finite.max(axis=-1, keepdims=True))
    return P / P.sum(axis=-1, keepdims=True)
