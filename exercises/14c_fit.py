"""Principal component analysis: the k directions that hold most of the variance of a cloud of points.

    X: (N, n), a point a row   mu: (n,)   V_k: (n, k), orthonormal   Z: (N, k)   k <= min(N, n)

    (C1)  V_k     =  ...
    (C2)  var_i   =  ...
    (C3)  Z       =  (X - mu) V_k
    (C4)  X_k     =  Z V_k^T + mu
    (C5)  norm_F(X - X_k)  =  ...

X_k - mu is the truncation of X - mu, so by Eckart and Young no other k directions, and no other origin, come nearer.

Exercise 14c, lesson 14: Principal components.
Write fit. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 14c       tests this file
    minilora exercise hint 14c        one hint more, each time
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
    # (C1)  V_k =
    # (C2)  var_i =
    # (C5)  norm_F(X - X_k) =
    raise NotImplementedError("14c: write fit")
