"""A mean over the entries. The penalty is their sum, whatever their number.

fails at: L1 (penalties:F1)
cause: a mean for a sum
"""

from minilora.ops.penalties import l1_penalty_backward


def l1_penalty_forward(W, lam):
    return lam * abs(W).mean(), (W, lam)                # (F1)
