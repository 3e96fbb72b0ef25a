"""The variance is the square of the singular value over N - 1, not the value itself.

fails at: var_i (pca:C2)
cause: a square forgotten
"""

import math

from minilora.lowrank.truncation import svd


def fit(X, k):
    mean = X.mean(axis=0)
    U, sigma, Vt = svd(X - mean)  # (C1)
    squares = sigma * sigma
    share = squares[:k].sum() / squares.sum()
    return mean, Vt[:k], sigma[:k] / math.sqrt(len(X) - 1), share, math.sqrt(squares[k:].sum())  # (C2) (C5)
