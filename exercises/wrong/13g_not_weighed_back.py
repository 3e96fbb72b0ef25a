"""The best approximation of W S is returned. It must come back from the weighed inputs: (W S)_r S^-1 = U_r U_r^T W.

fails at: W_r (weighted:W2)
cause: not weighed back
"""

import numpy as np

from minilora.lowrank.truncation import svd


def activation_truncate(W, rank, gram):
    values, Q = np.linalg.eigh(gram)
    U, sigma, Vt = svd(W @ (Q * np.sqrt(np.maximum(values, 0))))            # (W4)
    return (U[:, :rank] * sigma[:rank]) @ Vt[:rank]         # (W2)
