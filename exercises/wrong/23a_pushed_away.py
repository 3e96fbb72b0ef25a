"""The student is pushed away from the teacher: the difference is p_s - p_t.

fails at: dstudent (kl_divergence:B1)
cause: sign_flip
"""

from minilora.ops.kl_divergence import kl_divergence_forward


def kl_divergence_backward(dL, cache, needs=None):
    p_s, p_t, surprise, KL, tau = cache
    scale = dL * (tau / KL.size)
    dstudent = scale * (p_t - p_s)                  # (B1)
    dteacher = scale * p_t * (surprise - KL)        # (B2)
    return dstudent, dteacher
