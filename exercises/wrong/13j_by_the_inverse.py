"""Weighed back by S^-1, which does not exist where an input was never seen. U_r U_r^T W needs no inverse.

fails at: W_r (weighted:W2)
cause: divided by zero
"""

import numpy as np

from minilora.lowrank.truncation import svd


def diagonal_truncate(W, rank, magnitudes, alpha=0.5):
    S = magnitudes**alpha  # (W5)
    U, sigma, Vt = svd(W * S)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (U[:, :rank] * sigma[:rank]) @ Vt[:rank] / S  # (W2)
