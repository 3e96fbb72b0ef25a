"""Distillation: a student learns from the targets, and from what a teacher holds likely.

    student, teacher: logits (..., V)   p_s, p_t: their softmax at temperature tau   n: rows whose target counts
    CE: cross-entropy with the targets   KL: of p_s from p_t   H: entropy   alpha, lambda: weights

    Distillation           (F1)  L  =  ...
    SoftLabelDistillation  (F2)  L  =  CE  +  lambda CE(p_t, p_s),   tau = 1                 article A
                           (F3)  CE(p_t, p_s)  =  H(p_t) + KL(p_t || p_s)
    both                   (B1)  dstudent  =  ...

    hard, soft: alpha, 1 - alpha in F1; 1, lambda in F2

By F3 the two differ less than they seem: H(p_t) does not depend on the student, so the gradient of F2 is 1 + lambda times that of
F1 at alpha = 1 / (1 + lambda), tau = 1. Rows whose target is -100 count in neither part.

Exercise 23c, lesson 23: The loss of distillation and its gradient.
Write distill. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 23c       tests this file
    minilora exercise hint 23c        one hint more, each time
"""

from minilora.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward
from minilora.ops.kl_divergence import kl_divergence_backward, kl_divergence_forward


def distill(student, teacher, targets, hard, soft, tau):
    """(L, dstudent): the loss of logits (..., V) and its gradient on the student's. targets: (...) ids, -100: left out."""
    # (F1)  L =
    # (B1)  dstudent =
    raise NotImplementedError("23c: write distill")
