"""dgate is dy up. The gate went through silu before it met up, so the slope of silu belongs there.

fails at: dgate (swiglu:B1)
cause: missing_feature_factor
"""

from minilora.ops.swiglu import swiglu_forward


def swiglu_backward(dy, cache, needs=None):
    _, activated, up = cache
    dgate = dy * up                                     # (B1)
    dup = dy * activated                                # (B2)
    return dgate, dup
