"""The loss is the mean KL alone, without tau^2, as its gradient has it.

fails at: L (kl_divergence:F3)
cause: a factor left out
"""

from minilora.backend import get_array_module
from minilora.ops.kl_divergence import kl_divergence_backward, log_softmax


def kl_divergence_forward(student, teacher, tau=1.0):
    xp = get_array_module(student, teacher)
    log_s, log_t = log_softmax(student / tau), log_softmax(teacher / tau)
    p_s, p_t = xp.exp(log_s), xp.exp(log_t)             # (F1)
    surprise = log_t - log_s
    KL = (p_t * surprise).sum(axis=-1, keepdims=True)   # (F2)
    return KL.mean(), (p_s, p_t, surprise, KL, tau)     # (F3)
