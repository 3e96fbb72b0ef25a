"""dx is added to itself, for the Jacobian and for its transpose; the Jacobian is symmetric, and once is enough.

fails at: dx (softmax:B1)
cause: double_counted
"""

from minilora.ops.softmax import softmax_forward


def softmax_backward(dP, cache, needs=None):
    (P,) = cache
    once = P * (dP - (P * dP).sum(axis=-1, keepdims=True))      # (B1)
    other = P * dP - P * (P * dP).sum(axis=-1, keepdims=True)   # (B1)
    return (once + other,)
