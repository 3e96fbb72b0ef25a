"""dstudent keeps both factors tau of the loss; the softmax's argument takes one of them back.

fails at: dstudent (kl_divergence:B1)
cause: one tau too many
"""

from minilora.ops.kl_divergence import kl_divergence_forward


def kl_divergence_backward(dL, cache, needs=None):
    p_s, p_t, surprise, KL, tau = cache
    scale = dL * (tau / KL.size)
    dstudent = scale * tau * (p_s - p_t)            # (B1)
    dteacher = scale * p_t * (surprise - KL)        # (B2)
    return dstudent, dteacher
