"""The weights are made to add up to 1, as in Hinton's loss. Article A adds lambda times the soft part to the whole hard one.

fails at: L (distillation:F2), dstudent (distillation:F2)
cause: another formula's weights
"""

import numpy as np

from minilora.compress.distillation import distill
from minilora.ops.kl_divergence import log_softmax


def soft_label_distill(student, teacher, targets, weight):
    counts = targets != -100
    L, dstudent = distill(student, teacher, targets, 1 - weight, weight, 1.0)
    log_p = log_softmax(teacher[counts])
    H = -(np.exp(log_p) * log_p).sum(axis=-1).mean()                # (F3)
    return L + weight * H, dstudent                                 # (F2)
