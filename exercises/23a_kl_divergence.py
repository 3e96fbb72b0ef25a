"""KL divergence of a student from a teacher at temperature tau (Hinton, Vinyals and Dean 2015, arXiv 1503.02531, section 2).

    student, teacher: logits (..., V)   n = number of rows   tau: temperature, > 0   L: a scalar

    forward   (F1)  p_s = softmax(student / tau),  p_t = softmax(teacher / tau)
              (F2)  KL  = sum over V  p_t (log p_t - log p_s)              one a row
              (F3)  L   = tau^2 mean over rows  KL
    backward  (B1)  dstudent = ...
              (B2)  dteacher = ...

The factor tau^2 keeps the size of the gradient when tau changes; soft targets are then weighed against hard ones by one number.

Exercise 23a, lesson 23: KL divergence at a temperature, forward and backward.
Write kl_divergence_forward and kl_divergence_backward. What you put into the cache is up to you; the docstring says what the
library keeps. `needs` names the gradients that are wanted; you may leave it aside and return them all.

    minilora exercise check 23a       tests this file
    minilora exercise hint 23a        one hint more, each time
"""

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def kl_divergence_forward(student, teacher, tau=1.0):
    """L, a 0-d array. The cache holds p_s, p_t, log p_t - log p_s, KL and tau."""
    # (F1)  p_s =
    # (F2)  KL =
    # (F3)  L =
    raise NotImplementedError("23a: write kl_divergence_forward")


def kl_divergence_backward(dL, cache, needs=None):
    """The gradients dstudent, dteacher."""
    # (B1)  dstudent =
    # (B2)  dteacher =
    raise NotImplementedError("23a: write kl_divergence_backward")


def log_softmax(x):
    """log(softmax(x)) over the last axis, without the logarithm of a rounded zero."""
    xp = get_array_module(x)
    z = x - x.max(axis=-1, keepdims=True)
    return z - xp.log(xp.exp(z).sum(axis=-1, keepdims=True))


def kl_divergence_inputs(rng, N=2, T=3, V=5):
    return {"student": rng.standard_normal((N, T, V)), "teacher": rng.standard_normal((N, T, V))}
