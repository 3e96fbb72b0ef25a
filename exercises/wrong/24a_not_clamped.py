"""The shifted probability is not clamped at 1. A logarithm above 0 makes a row's loss negative.

fails at: L (shifted_cross_entropy:F3)
cause: no clamp
"""

import numpy as np

from minilora.ops.cross_entropy import countable
from minilora.ops.form import rows
from minilora.ops.shifted_cross_entropy import shifted_cross_entropy_backward
from minilora.ops.softmax import softmax_forward


def shifted_cross_entropy_forward(logits, targets, eps=0.1, ignore_index=-100):
    ids, keep, n = countable(targets, ignore_index, logits.dtype)
    P, _ = softmax_forward(rows(logits))
    p = P[np.arange(len(ids)), ids]                     # (F1)
    q = p + eps                                         # (F2)
    L = -(keep * np.log(q)).sum() / n                   # (F3)
    return L, (P, p, eps, ids, keep, n, logits.shape)
