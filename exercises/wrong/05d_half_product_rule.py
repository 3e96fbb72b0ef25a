"""dx is dy sigma, as if the gate were a constant. sigma depends on x too.

fails at: dx (silu:B1)
cause: missing_term
"""

from minilora.ops.silu import silu_forward


def silu_backward(dy, cache, needs=None):
    x, sigma = cache
    return (dy * sigma,)                                # (B1)
