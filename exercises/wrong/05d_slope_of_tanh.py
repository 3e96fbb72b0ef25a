"""sigma' is taken as 1 - sigma^2, which is the rule for tanh. It is sigma (1 - sigma).

fails at: dx (silu:B1)
cause: the slope of another curve
"""

from minilora.ops.silu import silu_forward


def silu_backward(dy, cache, needs=None):
    x, sigma = cache
    return (dy * (sigma + x * (1 - sigma * sigma)),)    # (B1)
