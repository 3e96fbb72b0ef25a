"""hard weighs the teacher and soft the targets, in the gradient.

fails at: dstudent (distillation:B1)
cause: two weights exchanged
"""

from minilora.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward
from minilora.ops.kl_divergence import kl_divergence_backward, kl_divergence_forward


def distill(student, teacher, targets, hard, soft, tau):
    counts = targets != -100
    CE, hard_cache = cross_entropy_forward(student, targets)
    KL, soft_cache = kl_divergence_forward(student[counts], teacher[counts], tau)
    L = hard * CE + soft * KL                                               # (F1)
    (dstudent,) = cross_entropy_backward(soft, hard_cache)
    dstudent[counts] += kl_divergence_backward(hard, soft_cache)[0]         # (B1)
    return L, dstudent
