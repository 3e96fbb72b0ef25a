"""u' is c (1 + a x^2). The derivative of x^3 is 3 x^2.

fails at: dx (gelu:B2)
cause: the 3 of x^3
"""

from minilora.ops.gelu import A_TANH, C_TANH, gelu_tanh_steps_forward


def gelu_tanh_steps_backward(dy, cache, needs=None):
    x, t = cache
    du = C_TANH + C_TANH * A_TANH * x * x
    dx = dy * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * du)      # (B2)
    return (dx,)
