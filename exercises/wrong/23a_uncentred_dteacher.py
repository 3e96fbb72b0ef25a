"""dteacher lacks the term of the softmax: from log p_t - log p_s its mean, KL, is to be taken.

fails at: dteacher (kl_divergence:B2)
cause: the mean left in
"""

from minilora.ops.kl_divergence import kl_divergence_forward


def kl_divergence_backward(dL, cache, needs=None):
    p_s, p_t, surprise, KL, tau = cache
    scale = dL * (tau / KL.size)
    dstudent = scale * (p_s - p_t)                  # (B1)
    dteacher = scale * p_t * surprise               # (B2)
    return dstudent, dteacher
