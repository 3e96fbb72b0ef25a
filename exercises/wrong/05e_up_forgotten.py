"""dgate is dy silu'(gate). In a product each factor's gradient has the other factor in it: up is missing.

fails at: dgate (swiglu:B1)
cause: missing_feature_factor
"""

from minilora.ops.silu import silu_backward
from minilora.ops.swiglu import swiglu_forward


def swiglu_backward(dy, cache, needs=None):
    silu_cache, activated, up = cache
    (dgate,) = silu_backward(dy, silu_cache)            # (B1)
    dup = dy * activated                                # (B2)
    return dgate, dup
