"""The 2 of the square is left in dW. The half in front of the sum takes it away.

fails at: dW (penalties:B2)
cause: double_counted
"""

from minilora.ops.penalties import l2_penalty_forward


def l2_penalty_backward(dL, cache, needs=None):
    W, lam = cache
    return (2 * dL * lam * W,)      # (B2)
