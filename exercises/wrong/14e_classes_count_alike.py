"""Each class counts once. It counts as often as it has points, so its row is sqrt(N_c) long.

fails at: w_i (lda:L5), lambda_i (lda:L5)
cause: weights forgotten
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
    H = means - mean  # (L2)
    _, sigma, Vt = xp.linalg.svd(H @ P, full_matrices=False)
    return mean, Vt[:k] @ P.T, (sigma * sigma)[:k]  # (L5)
