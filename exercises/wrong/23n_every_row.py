"""The entropy is averaged over all rows, also those whose target is -100.

fails at: L (distillation:F2)
cause: rows that do not count
"""

import numpy as np

from minilora.compress.distillation import distill
from minilora.ops.kl_divergence import log_softmax


def soft_label_distill(student, teacher, targets, weight):
    L, dstudent = distill(student, teacher, targets, 1.0, weight, 1.0)
    log_p = log_softmax(teacher)
    H = -(np.exp(log_p) * log_p).sum(axis=-1).mean()                # (F3)
    return L + weight * H, dstudent                                 # (F2)
