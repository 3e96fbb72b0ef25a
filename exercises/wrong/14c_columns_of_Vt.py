"""The rows of V^T are the directions. Its columns hold one coordinate of each.

fails at: V_k (pca:C1)
cause: columns taken for rows
"""

import math

from minilora.lowrank.truncation import svd


def fit(X, k):
    mean = X.mean(axis=0)
    U, sigma, Vt = svd(X - mean)  # (C1)
    squares = sigma * sigma
    share = squares[:k].sum() / squares.sum()
    return mean, Vt[:, :k].T, squares[:k] / (len(X) - 1), share, math.sqrt(squares[k:].sum())  # (C2) (C5)
