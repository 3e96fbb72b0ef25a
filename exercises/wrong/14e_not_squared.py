"""lambda is the square of the singular value: it is a ratio of sums of squares.

fails at: lambda_i (lda:L5)
cause: a square forgotten
"""

from minilora import backend
from minilora.lowrank.lda import whitening


def fit(X, y, k=None, ridge=0.0):
    xp = backend.get_array_module(X, y)
    member = (y[:, None] == xp.unique(y)).astype(X.dtype)
    counts, mean = member.sum(axis=0)[:, None], X.mean(axis=0)
    means = (member.T @ X) / counts
    within = X - member @ means
    P = whitening(within.T @ within, ridge)  # (L1)
    H = xp.sqrt(counts) * (means - mean)  # (L2)
    _, sigma, Vt = xp.linalg.svd(H @ P, full_matrices=False)
    return mean, Vt[:k] @ P.T, sigma[:k]  # (L5)
