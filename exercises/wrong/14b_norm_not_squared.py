"""The norm itself. The penalty is the sum of squares, without a root.

fails at: L2 (penalties:F2)
cause: a root too many
"""

from minilora.ops.penalties import l2_penalty_backward


def l2_penalty_forward(W, lam):
    return 0.5 * lam * (W * W).sum() ** 0.5, (W, lam)   # (F2)
