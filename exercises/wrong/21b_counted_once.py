"""dP counts P once in P^T P. It stands there twice, and each place sends something back.

fails at: dP (penalties:B3)
cause: wrong_scale
"""

from minilora.ops.penalties import orthogonality_forward


def orthogonality_backward(dL, cache, needs=None):
    P, Q, excess_P, excess_Q, gamma = cache
    dP = dL * 2 * gamma * (P @ excess_P)                # (B3)
    dQ = dL * 4 * gamma * (excess_Q @ Q)                # (B4)
    return dP, dQ
