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

import math

from minilora import backend
from minilora.compress.wrapped import Wrapped
from minilora.nn.admission import admit_targets
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


class Distillation(Wrapped):
    """The student with the loss (F1): Trainer(Distillation(student, teacher), AdamW(student.parameters(), ...), batches).

    student, teacher: Transformers with one vocabulary (or the same classes), of any size otherwise. The teacher is put in
    evaluation mode and not changed. alpha: from 0, soft targets alone, to 1, hard ones alone. tau: > 0; higher shows more of
    what the teacher holds less likely. Parameters, modes and checkpoints are the student's.
    ValueError for another alpha or tau, or models whose logits cannot be compared.
    """

    def __init__(self, student, teacher, alpha=0.5, tau=2.0):
        if not 0 <= alpha <= 1:
            raise ValueError(f"alpha must be from 0 to 1, the weight of the hard targets, got {alpha}")
        if not 0 < tau < math.inf:
            raise ValueError(f"tau must be a number > 0, got {tau}")
        _refuse(student, teacher)
        super().__init__(student)
        self.teacher = teacher.eval()
        self.hard, self.soft, self.tau = alpha, 1 - alpha, tau
        self._dstudent = None

    def loss(self, ids, targets, mask=None, token_types=None):
        """L in nats, a Python float. The arguments, and the errors, are those of Transformer.loss."""
        student = self.model.forward(ids, mask, token_types)
        targets = admit_targets(targets, student.shape)
        teacher = self.teacher.forward(ids, mask, token_types)
        L, self._dstudent = self.objective(student, teacher, targets)
        return backend.item(L)

    def backward(self):
        """Add the gradients of the student's trainable parameters, after loss."""
        if self._dstudent is None:
            raise RuntimeError("backward() needs loss() before it: each backward consumes one")
        dstudent, self._dstudent = self._dstudent, None
        self.model.backward(dstudent)

    def objective(self, student, teacher, targets):
        """(L, dstudent) of logits."""
        return distill(student, teacher, targets, self.hard, self.soft, self.tau)


class SoftLabelDistillation(Distillation):
    """The student with the loss of article A (F2). weight: lambda, >= 0; the article has .5. Otherwise as Distillation."""

    def __init__(self, student, teacher, weight=0.5):
        if not 0 <= weight < math.inf:
            raise ValueError(f"weight must be a number >= 0, the article's lambda, got {weight}")
        super().__init__(student, teacher, tau=1.0)
        self.hard, self.soft = 1.0, weight

    def objective(self, student, teacher, targets):
        """(L, dstudent) of logits."""
        return soft_label_distill(student, teacher, targets, self.soft)


def _refuse(student, teacher):
    if student is teacher:
        raise ValueError("student and teacher are one model: build a student of its own, with its config or a smaller one")
    for field, what in (("n_classes", "classes"), ("vocab_size", "vocabularies")):
        ours, theirs = getattr(student.config, field), getattr(teacher.config, field)
        if ours != theirs:
            advice = "soft targets need one for each of the student's outputs; train both with one tokeniser and task"
            raise ValueError(f"student and teacher have different {what}: {field}={ours} and {theirs}; {advice}")
    if student.config.block_size > teacher.config.block_size:
        sizes = f"block_size={student.config.block_size} and {teacher.config.block_size}"
        raise ValueError(f"the student reads longer texts than the teacher can: {sizes}; give the student a block no longer")
