"""KL stands for the cross-entropy. The gradient is the same, the loss is short of the teacher's entropy.

fails at: L (distillation:F2)
cause: a term left out
"""

import numpy as np

from minilora.compress.distillation import distill


def soft_label_distill(student, teacher, targets, weight):
    return distill(student, teacher, targets, 1.0, weight, 1.0)     # (F2)
