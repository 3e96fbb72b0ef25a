"""kl_divergence has its tau^2 already; here it is multiplied in once more.

fails at: L (distillation:F1), dstudent (distillation:B1)
cause: a factor twice
"""

from minilora.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward
from minilora.ops.kl_divergence import kl_divergence_backward, kl_divergence_forward


def distill(student, teacher, targets, hard, soft, tau):
    counts = targets != -100
    CE, hard_cache = cross_entropy_forward(student, targets)
    KL, soft_cache = kl_divergence_forward(student[counts], teacher[counts], tau)
    L = hard * CE + soft * tau * tau * KL                                   # (F1)
    (dstudent,) = cross_entropy_backward(hard, hard_cache)
    dstudent[counts] += tau * tau * kl_divergence_backward(soft, soft_cache)[0]     # (B1)
    return L, dstudent
