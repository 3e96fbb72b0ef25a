"""Rows whose target is -100 learn from the teacher; they count in neither part.

fails at: L (distillation:F1), dstudent (distillation:B1)
cause: rows that do not count
"""

from minilora.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward
from minilora.ops.kl_divergence import kl_divergence_backward, kl_divergence_forward


def distill(student, teacher, targets, hard, soft, tau):
    CE, hard_cache = cross_entropy_forward(student, targets)
    KL, soft_cache = kl_divergence_forward(student, teacher, tau)
    L = hard * CE + soft * KL                                               # (F1)
    (dstudent,) = cross_entropy_backward(hard, hard_cache)
    dstudent = dstudent + kl_divergence_backward(soft, soft_cache)[0]       # (B1)
    return L, dstudent
