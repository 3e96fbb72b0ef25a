"""L has log(P + 1e-10) for log P: it is wrong by 1e-10 / P, and stops growing where the model is surely wrong.

fails at: L (cross_entropy:F5)
cause: an epsilon in the logarithm
"""

import numpy as np

from minilora.ops.cross_entropy import countable, cross_entropy_backward
from minilora.ops.form import rows


def cross_entropy_forward(logits, targets, ignore_index=-100):
    x = rows(logits)
    ids, keep, n = countable(targets, ignore_index, x.dtype)
    P = np.exp(x - x.max(axis=-1, keepdims=True))       # (F1) (F2)
    P /= P.sum(axis=-1, keepdims=True)                  # (F3)
    L = -(np.log(P[np.arange(len(ids)), ids] + 1e-10) * keep).sum() / n         # (F4) (F5)
    return L, (P, ids, keep, n, logits.shape)
