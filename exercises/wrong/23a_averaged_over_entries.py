"""Both gradients are divided by the number of entries; the loss is a mean over rows, and a sum within each.

fails at: dstudent (kl_divergence:B1), dteacher (kl_divergence:B2)
cause: a mean for a sum
"""

from minilora.ops.kl_divergence import kl_divergence_forward


def kl_divergence_backward(dL, cache, needs=None):
    p_s, p_t, surprise, KL, tau = cache
    scale = dL * (tau / p_s.size)
    dstudent = scale * (p_s - p_t)                  # (B1)
    dteacher = scale * p_t * (surprise - KL)        # (B2)
    return dstudent, dteacher
