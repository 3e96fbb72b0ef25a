"""dx has P (1 - P), the slope of the sigmoid: it is the diagonal alone of a matrix that is not diagonal.

fails at: dx (softmax:B1)
cause: missing_centering
"""

from minilora.ops.softmax import softmax_forward


def softmax_backward(dP, cache, needs=None):
    (P,) = cache
    return (P * (1 - P) * dP,)                          # (B1)
