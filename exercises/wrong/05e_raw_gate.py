"""dup is dy gate. The other factor of the product is silu(gate), not the gate itself.

fails at: dup (swiglu:B2)
cause: missing_feature_factor
"""

from minilora.ops.silu import silu_backward
from minilora.ops.swiglu import swiglu_forward


def swiglu_backward(dy, cache, needs=None):
    silu_cache, activated, up = cache
    gate, _ = silu_cache
    (dgate,) = silu_backward(dy * up, silu_cache)       # (B1)
    dup = dy * gate                                     # (B2)
    return dgate, dup
