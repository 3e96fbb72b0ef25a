"""dx is dy everywhere. Where x was cut to 0, y does not depend on x, and dx is 0.

fails at: dx (relu:B1)
cause: mask_missing
"""

from minilora.ops.relu import relu_forward


def relu_backward(dy, cache, needs=None):
    return (dy,)                                        # (B1)
