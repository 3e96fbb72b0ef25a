"""The mask is that of dy. It is that of x: where forward cut, whatever the sign of what comes from above.

fails at: dx (relu:B1)
cause: mask_missing
"""

from minilora.ops.relu import relu_forward


def relu_backward(dy, cache, needs=None):
    return (dy * (dy > 0),)                             # (B1)
