"""dx has the mask and not the factor 1 / (1 - p) that came with it.

fails at: dx (dropout:B1)
cause: wrong_scale
"""

from minilora.ops.dropout import dropout_forward


def dropout_backward(dy, cache, needs=None):
    keep, p = cache
    return (dy * keep,)                                         # (B1)
