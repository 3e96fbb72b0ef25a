"""Distillation: a student learns from the targets, and from what a teacher holds likely.

    student, teacher: logits (..., V)   p_s, p_t: their softmax at temperature tau   n: rows whose target counts
    CE: cross-entropy with the targets   KL: of p_s from p_t   H: entropy   alpha, lambda: weights

    Distillation           (F1)  L  =  alpha CE  +  (1 - alpha) tau^2 KL(p_t || p_s)        Hinton et al. 2015, arXiv 1503.02531
    SoftLabelDistillation  (F2)  L  =  CE  +  lambda CE(p_t, p_s),   tau = 1                 article A
                           (F3)  CE(p_t, p_s)  =  H(p_t) + KL(p_t || p_s)
    both                   (B1)  dstudent  =  hard dCE  +  soft tau/n (p_s - p_t)

    hard, soft: alpha, 1 - alpha in F1; 1, lambda in F2

By F3 the two differ less than they seem: H(p_t) does not depend on the student, so the gradient of F2 is 1 + lambda times that of
F1 at alpha = 1 / (1 + lambda), tau = 1. Rows whose target is -100 count in neither part.
"""

from minilora import backend
from minilora.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward
from minilora.ops.kl_divergence import kl_divergence_backward, kl_divergence_forward, log_softmax


def distill(student, teacher, targets, hard, soft, tau):
    """(L, dstudent): the loss of logits (..., V) and its gradient on the student's. targets: (...) ids, -100: left out."""
    counts = targets != -100
    CE, hard_cache = cross_entropy_forward(student, targets)
    KL, soft_cache = kl_divergence_forward(student[counts], teacher[counts], tau)           # KL: times tau^2 already
    L = hard * CE + soft * KL                                                               # (F1)
    (dstudent,) = cross_entropy_backward(hard, hard_cache)
    dstudent[counts] += kl_divergence_backward(soft, soft_cache, {"student"})[0]            # (B1)
    return L, dstudent


def soft_label_distill(student, teacher, targets, weight):
    """The same of article A: the teacher's probabilities, at temperature 1, are targets too, which count `weight` times."""
    L, dstudent = distill(student, teacher, targets, 1.0, weight, 1.0)
    log_p = log_softmax(teacher[targets != -100])
    H = -(backend.get_array_module(log_p).exp(log_p) * log_p).sum(axis=-1).mean()           # (F3)
    L = L + weight * H                                                                      # (F2)
    return L, dstudent
