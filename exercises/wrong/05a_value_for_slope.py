"""dy is multiplied by the value max(x, 0). It is multiplied by the slope, 1 where x > 0.

fails at: dx (relu:B1)
cause: missing_feature_factor
"""

from minilora.backend import get_array_module


def relu_forward(x):
    y = get_array_module(x).maximum(x, 0)               # (F1)
    return y, (y,)


def relu_backward(dy, cache, needs=None):
    (y,) = cache
    return (dy * y,)                                    # (B1)
