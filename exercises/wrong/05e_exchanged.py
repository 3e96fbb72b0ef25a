"""dgate and dup are exchanged. Gradients come back in the order of the inputs, gate first.

fails at: dgate (swiglu:B1), dup (swiglu:B2)
cause: swapped
"""

from minilora.ops.silu import silu_backward
from minilora.ops.swiglu import swiglu_forward


def swiglu_backward(dy, cache, needs=None):
    silu_cache, activated, up = cache
    (dgate,) = silu_backward(dy * up, silu_cache)       # (B1)
    dup = dy * activated                                # (B2)
    return dup, dgate
