"""dQ has Q Q^T in the place of Q Q^T - I, as if the penalty pulled to zero and not to length one.

fails at: dQ (penalties:B4)
cause: extra_term
"""

from minilora.ops.penalties import orthogonality_forward


def orthogonality_backward(dL, cache, needs=None):
    P, Q, excess_P, excess_Q, gamma = cache
    dP = dL * 4 * gamma * (P @ excess_P)                # (B3)
    dQ = dL * 4 * gamma * (Q @ Q.T @ Q)                # (B4)
    return dP, dQ
