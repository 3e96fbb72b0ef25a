"""The points are not centred. The first direction then points at the mean, not along the spread.

fails at: V_k (pca:C1), var_i (pca:C2), share (pca:C5), norm_F(X - X_k) (pca:C5)
cause: the mean not taken away
"""

import math

from minilora.lowrank.truncation import svd


def fit(X, k):
    mean = X.mean(axis=0)
    U, sigma, Vt = svd(X)  # (C1)
    squares = sigma * sigma
    share = squares[:k].sum() / squares.sum()
    return mean, Vt[:k], squares[:k] / (len(X) - 1), share, math.sqrt(squares[k:].sum())  # (C2) (C5)
