"""The half of the forward stands in dW too. The square's slope is 2 W, and half of that is W.

fails at: dW (penalties:B2)
cause: wrong_scale
"""

from minilora.ops.penalties import l2_penalty_forward


def l2_penalty_backward(dL, cache, needs=None):
    W, lam = cache
    return (0.5 * dL * lam * W,)    # (B2)
