"""The rows are v_i^T P. As w_i = P v_i, the rows are v_i^T P^T, and P is not symmetric.

fails at: w_i (lda:L5)
cause: turned the wrong way
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
    return mean, Vt[:k] @ P, (sigma * sigma)[:k]  # (L5)
