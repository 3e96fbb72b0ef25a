"""The mean of the rows is taken off first. The layer gets x with its mean, so the directions are those of X itself.

fails at: A (eva:S1)
cause: PCA with centring
"""

from minilora import lowrank


def eva_start(X, r):
    _, _, Vt = lowrank.svd(X - X.mean(axis=0))
    A = Vt[:r].copy()                                   # (S1)
    return A
