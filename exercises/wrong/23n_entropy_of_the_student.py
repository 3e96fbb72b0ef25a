"""The entropy added is the student's. It is the teacher's that makes a cross-entropy of KL.

fails at: L (distillation:F2)
cause: student for teacher
"""

import numpy as np

from minilora.compress.distillation import distill
from minilora.ops.kl_divergence import log_softmax


def soft_label_distill(student, teacher, targets, weight):
    counts = targets != -100
    L, dstudent = distill(student, teacher, targets, 1.0, weight, 1.0)
    log_p = log_softmax(student[counts])
    H = -(np.exp(log_p) * log_p).sum(axis=-1).mean()                # (F3)
    return L + weight * H, dstudent                                 # (F2)
