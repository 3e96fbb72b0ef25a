"""dx has the slope of the exact GELU. The tanh form is another function and has a slope of its own.

fails at: dx (gelu:B2)
cause: missing_feature_factor
"""

from minilora.ops.gelu import gelu_erf_backward, gelu_erf_forward, gelu_tanh_steps_forward


def gelu_tanh_steps_backward(dy, cache, needs=None):
    x, _ = cache
    return gelu_erf_backward(dy, gelu_erf_forward(x)[1])        # (B2)
