"""The rows of Q are scaled, not its columns. The eigenvectors are the columns, and each belongs to its own eigenvalue.

fails at: W_r (weighted:W2)
cause: the wrong axis
"""

import numpy as np

from minilora.lowrank.truncation import svd


def activation_truncate(W, rank, gram):
    values, Q = np.linalg.eigh(gram)
    U_r = svd(W @ (np.sqrt(np.maximum(values, 0))[:, None] * Q))[0][:, :rank]       # (W4)
    return U_r @ (U_r.T @ W)                                # (W2)
