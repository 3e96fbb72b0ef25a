"""dx is dy times sigma + sigma (1 - sigma). The second term of the product rule has the factor x.

fails at: dx (silu:B1)
cause: the x before the slope
"""

from minilora.ops.silu import silu_forward


def silu_backward(dy, cache, needs=None):
    x, sigma = cache
    return (dy * sigma * (1 + (1 - sigma)),)            # (B1)
