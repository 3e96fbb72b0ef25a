"""tanh' is taken as 1 - t. It is 1 - t^2.

fails at: dx (gelu:B2)
cause: the square in 1 - t^2
"""

from minilora.ops.gelu import A_TANH, C_TANH, gelu_tanh_steps_forward


def gelu_tanh_steps_backward(dy, cache, needs=None):
    x, t = cache
    du = C_TANH + 3 * C_TANH * A_TANH * x * x
    dx = dy * (0.5 * (1 + t) + 0.5 * x * (1 - t) * du)          # (B2)
    return (dx,)
