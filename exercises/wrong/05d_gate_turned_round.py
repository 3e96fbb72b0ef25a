"""sigma is 1 / (1 + exp(x)). The gate must open for positive x: exp(-x).

fails at: y (silu:F2)
cause: the sign in the exponent
"""

from minilora.ops.silu import sigmoid, silu_backward


def silu_forward(x):
    sigma = sigmoid(-x)                                 # (F1)
    y = x * sigma                                       # (F2)
    return y, (x, sigma)
