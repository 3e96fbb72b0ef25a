"""Principal component analysis: the k directions that hold most of the variance of a cloud of points.

    X: (N, n), a point a row   mu: (n,)   V_k: (n, k), orthonormal   Z: (N, k)   k <= min(N, n)

    (C1)  V_k     =  the first k columns of V in  X - mu = U diag(sigma) V^T,   mu: the mean of the rows
    (C2)  var_i   =  sigma_i^2 / (N - 1)           the eigenvalues of their covariance, whose eigenvectors are the v_i
    (C3)  Z       =  (X - mu) V_k
    (C4)  X_k     =  Z V_k^T + mu
    (C5)  norm_F(X - X_k)  =  sqrt(sum over i > k  sigma_i^2)

X_k - mu is the truncation of X - mu, so by Eckart and Young no other k directions, and no other origin, come nearer.
"""

import math
from typing import NamedTuple

from minilora import backend
from minilora.lowrank.matrix import as_matrix, check_rank
from minilora.lowrank.truncation import svd


class PCA(NamedTuple):
    """What `fit` finds: mean (n,), components (k, n) in rows, variance (k,), falling; and two floats about the points fitted."""

    mean: object
    components: object  # V_k^T; each up to its sign
    variance: object  # (C2)
    share: float  # of the whole variance that the k hold, from 0 to 1; 1 if there is none
    error: float  # (C5)


def fit(X, k):
    """The first k principal components of X (N, n): `PCA`. ValueError unless N >= 2 and 1 <= k <= min(N, n)."""
    X = as_matrix(X, "X")
    check_rank(k, X, "k")
    if len(X) < 2:
        raise ValueError("X must have at least 2 rows, got 1: one point has no variance")
    mean = X.mean(axis=0)
    _, sigma, Vt = svd(X - mean)  # (C1)
    squares = sigma * sigma
    kept, lost = backend.item(squares[:k].sum()), backend.item(squares[k:].sum())
    share = kept / (kept + lost) if kept > 0 else 1.0
    return PCA(mean, Vt[:k], squares[:k] / (len(X) - 1), share, math.sqrt(lost))  # (C2) (C5)


def transform(X, pca):
    """The coordinates Z (N, k) of points X (N, n) along the components of a fit."""
    return (X - pca.mean) @ pca.components.T  # (C3)


def project(X, mean, components):
    """The points (N, n) of a fit's plane that are nearest to the points X (N, n), through their coordinates Z.

    mean: mu. components: V_k^T, (k, n). Both are the fit's, and X may be other points.
    """
    Z = (X - mean) @ components.T  # (C3)
    return Z @ components + mean  # (C4)
