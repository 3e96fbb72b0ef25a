"""The slope of an absolute value is its sign. W itself is the slope of W^2 / 2.

fails at: dW (penalties:B1)
cause: the slope of another curve
"""

from minilora.ops.penalties import l1_penalty_forward


def l1_penalty_backward(dL, cache, needs=None):
    W, lam = cache
    return (dL * lam * W,)     # (B1)
