"""What comes from above is taken for 1. That is right only where nothing follows the penalty.

fails at: dW (penalties:B2)
cause: wrong_scale
"""

from minilora.ops.penalties import l2_penalty_forward


def l2_penalty_backward(dL, cache, needs=None):
    W, lam = cache
    return (lam * W,)       # (B2)
