"""dx passes everywhere, as if nothing had been dropped. It has the mask of the forward.

fails at: dx (dropout:B1)
cause: mask_missing
"""

from minilora.ops.dropout import dropout_forward


def dropout_backward(dy, cache, needs=None):
    keep, p = cache
    return (dy / (1 - p),)                                      # (B1)
