"""The squares are divided by N. A variance about the points' own mean divides by N - 1.

fails at: var_i (pca:C2)
cause: one degree of freedom forgotten
"""

import math

from minilora.lowrank.truncation import svd


def fit(X, k):
    mean = X.mean(axis=0)
    U, sigma, Vt = svd(X - mean)  # (C1)
    squares = sigma * sigma
    share = squares[:k].sum() / squares.sum()
    return mean, Vt[:k], squares[:k] / len(X), share, math.sqrt(squares[k:].sum())  # (C2) (C5)
