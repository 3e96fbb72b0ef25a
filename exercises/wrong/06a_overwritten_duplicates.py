"""dW[ids] += dy writes an id that repeats once: its last occurrence. All occurrences add up.

fails at: dW (embedding:B1)
cause: overwritten_duplicates
"""

from minilora.backend import get_array_module
from minilora.ops.embedding import embedding_forward


def embedding_backward(dy, cache, needs=None):
    ids, W = cache
    xp = get_array_module(dy)
    dW = xp.zeros(W.shape, dtype=W.dtype)
    dW[ids] += dy                                       # (B1)
    return (dW,)
