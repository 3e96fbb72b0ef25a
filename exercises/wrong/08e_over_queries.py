"""The weights of a key sum to one over the queries. It is those of a query that sum to one, over the keys, the last axis.

fails at: P (attention:F2)
cause: the other axis
"""

from minilora.backend import get_array_module


def masked_softmax(scores, out=None):
    xp = get_array_module(scores)
    lowest = float(xp.finfo(scores.dtype).min)
    P = xp.exp(scores - xp.maximum(scores.max(axis=-2, keepdims=True), lowest))
    return P / xp.maximum(P.sum(axis=-2, keepdims=True), 1)
