"""dx lacks the sum of B1, as if every probability had its own x alone; they share the sum below the line.

fails at: dx (softmax:B1)
cause: missing_centering
"""

from minilora.ops.softmax import softmax_forward


def softmax_backward(dP, cache, needs=None):
    (P,) = cache
    return (P * dP,)                                    # (B1)
