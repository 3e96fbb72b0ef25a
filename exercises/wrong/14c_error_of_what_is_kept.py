"""The error is what is lost, the squares from k on, not what the k directions hold.

fails at: norm_F(X - X_k) (pca:C5)
cause: the wrong end of the spectrum
"""

import math

from minilora.lowrank.truncation import svd


def fit(X, k):
    mean = X.mean(axis=0)
    U, sigma, Vt = svd(X - mean)  # (C1)
    squares = sigma * sigma
    share = squares[:k].sum() / squares.sum()
    return mean, Vt[:k], squares[:k] / (len(X) - 1), share, math.sqrt(squares[:k].sum())  # (C2) (C5)
