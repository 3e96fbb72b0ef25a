"""The hard part is taken at temperature tau, too; it belongs to the logits as they are.

fails at: L (distillation:F1), dstudent (distillation:B1)
cause: a temperature where none is due
"""

from minilora.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward
from minilora.ops.kl_divergence import kl_divergence_backward, kl_divergence_forward


def distill(student, teacher, targets, hard, soft, tau):
    counts = targets != -100
    CE, hard_cache = cross_entropy_forward(student / tau, targets)
    KL, soft_cache = kl_divergence_forward(student[counts], teacher[counts], tau)
    L = hard * CE + soft * KL                                               # (F1)
    dstudent = cross_entropy_backward(hard, hard_cache)[0] / tau
    dstudent[counts] += kl_divergence_backward(soft, soft_cache)[0]         # (B1)
    return L, dstudent
