"""The chain rule stops at tanh: (1 - t^2) without u'. u is c (x + a x^3), and its slope belongs there.

fails at: dx (gelu:B2)
cause: half a chain rule
"""

from minilora.ops.gelu import gelu_tanh_steps_forward


def gelu_tanh_steps_backward(dy, cache, needs=None):
    x, t = cache
    dx = dy * (0.5 * (1 + t) + 0.5 * x * (1 - t * t))           # (B2)
    return (dx,)
