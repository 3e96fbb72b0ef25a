"""exp of the scores as they are: infinity over infinity for large ones. The largest of each row is subtracted first.

fails at: P (attention:F2)
cause: overflow
"""

from minilora.backend import get_array_module


def masked_softmax(scores, out=None):
    xp = get_array_module(scores)
    P = xp.exp(scores)
    total = P.sum(axis=-1, keepdims=True)
    return P / xp.where(total > 0, total, 1)
