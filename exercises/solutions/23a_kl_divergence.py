"""KL divergence of a student from a teacher at temperature tau (Hinton, Vinyals and Dean 2015, arXiv 1503.02531, section 2).

    student, teacher: logits (..., V)   n = number of rows   tau: temperature, > 0   L: a scalar

    forward   (F1)  p_s = softmax(student / tau),  p_t = softmax(teacher / tau)
              (F2)  KL  = sum over V  p_t (log p_t - log p_s)              one a row
              (F3)  L   = tau^2 mean over rows  KL
    backward  (B1)  dstudent = dL tau/n (p_s - p_t)
              (B2)  dteacher = dL tau/n p_t (log p_t - log p_s - KL)

The factor tau^2 keeps the size of the gradient when tau changes; soft targets are then weighed against hard ones by one number.
"""

from minilora.backend import get_array_module
from minilora.ops.form import wanted


def kl_divergence_forward(student, teacher, tau=1.0):
    """L, a 0-d array. The cache holds p_s, p_t, log p_t - log p_s, KL and tau."""
    xp = get_array_module(student, teacher)
    log_s, log_t = log_softmax(student / tau), log_softmax(teacher / tau)
    p_s, p_t = xp.exp(log_s), xp.exp(log_t)             # (F1)
    surprise = log_t - log_s
    KL = (p_t * surprise).sum(axis=-1, keepdims=True)   # (F2)
    L = tau * tau * KL.mean()                           # (F3)
    return L, (p_s, p_t, surprise, KL, tau)


def kl_divergence_backward(dL, cache, needs=None):
    """The gradients dstudent, dteacher."""
    p_s, p_t, surprise, KL, tau = cache
    scale = dL * (tau / KL.size)
    dstudent = dteacher = None
    if wanted(needs, "student"):
        dstudent = scale * (p_s - p_t)                  # (B1)
    if wanted(needs, "teacher"):
        dteacher = scale * p_t * (surprise - KL)        # (B2)
    return dstudent, dteacher


def log_softmax(x):
    """log(softmax(x)) over the last axis, without the logarithm of a rounded zero."""
    xp = get_array_module(x)
    z = x - x.max(axis=-1, keepdims=True)
    return z - xp.log(xp.exp(z).sum(axis=-1, keepdims=True))


def kl_divergence_inputs(rng, N=2, T=3, V=5):
    return {"student": rng.standard_normal((N, T, V)), "teacher": rng.standard_normal((N, T, V))}
