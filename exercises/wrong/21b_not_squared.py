"""The penalty is the sum of the two norms. It is that of their squares.

fails at: orthogonality (penalties:F3)
cause: another penalty
"""

import numpy as np

from minilora.ops.penalties import orthogonality_backward


def orthogonality_forward(P, Q, gamma):
    excess_P, excess_Q = P.T @ P - np.eye(len(Q)), Q @ Q.T - np.eye(len(Q))    # (F3)
    L = gamma * ((excess_P**2).sum() ** 0.5 + (excess_Q**2).sum() ** 0.5)     # (F3)
    return L, (P, Q, excess_P, excess_Q, gamma)
