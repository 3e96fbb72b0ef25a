"""The gradients leave out dL, what comes from above: right only where the penalty is the loss itself.

fails at: dP (penalties:B3), dQ (penalties:B4)
cause: wrong_scale
"""

from minilora.ops.penalties import orthogonality_forward


def orthogonality_backward(dL, cache, needs=None):
    P, Q, excess_P, excess_Q, gamma = cache
    dP = 4 * gamma * (P @ excess_P)                     # (B3)
    dQ = 4 * gamma * (excess_Q @ Q)                # (B4)
    return dP, dQ
