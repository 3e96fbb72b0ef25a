"""The last r terms are taken, not the first.

fails at: A (olora:S1), B (olora:S2), B A (olora:S2)
cause: the wrong end
"""

import numpy as np


def olora_start(W, r):
    Q, R = np.linalg.qr(W)
    A = R[-r:]                                          # (S1)
    B = Q[:, -r:]                                       # (S2)
    return A, B
