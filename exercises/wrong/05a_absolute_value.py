"""y is |x|: negative entries are folded over instead of cut to 0.

fails at: y (relu:F1)
cause: abs for maximum
"""

def relu_forward(x):
    return abs(x), (x > 0,)                             # (F1)


def relu_backward(dy, cache, needs=None):
    (positive,) = cache
    return (dy * positive,)                             # (B1)
