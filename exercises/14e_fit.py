"""Linear discriminant analysis: the directions along which classes lie far apart for how wide they are (Fisher 1936; Rao 1948).

    X: (N, n), a point a row   y: (N,), its class, one of K   mu_c: the mean of class c, mu of all   w: (n,)

    (L1)  S_w  =  ...
    (L2)  S_b  =  ...
    (L3)  S_b w  =  ...
    (L4)  S_w  =  Q diag(l) Q^T,   P = Q diag(l)^(-1/2),   so P^T S_w P = I
    (L5)  w_i  =  ...

S_b has rank K - 1 at most, hence so many directions. For two classes the one is along S_w^-1 (mu_1 - mu_0), Fisher's. S_w is
singular where points are few (N - K < n): with `ridge`, S_w + ridge (tr S_w / n) I stands in its place.

Exercise 14e, lesson 14: The directions that part classes.
Write fit. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 14e       tests this file
    minilora exercise hint 14e        one hint more, each time
"""

from typing import NamedTuple

from minilora import backend
from minilora.lowrank.matrix import as_matrix


class LDA(NamedTuple):
    """What `fit` finds, arrays: the mean of all points (n,), directions w (k, n) in rows, ratios lambda (k,), falling."""

    mean: object
    directions: object  # each up to its sign
    ratios: object


def fit(X, y, k=None, ridge=0.0):
    """The k directions that part the classes best: `LDA`. y: (N,) whole numbers, an array like X. k: None takes min(K - 1, n).

    ValueError unless K >= 2, 1 <= k <= min(K - 1, n) and ridge >= 0, and where S_w is singular and ridge does not mend it.
    """
    # (L1)  S_w =
    # (L2)  S_b =
    # (L3)  S_b w =
    # (L5)  w_i =
    raise NotImplementedError("14e: write fit")


def whitening(S_w, ridge=0.0):
    """P (n, n) with P^T S_w P = I, of a scatter S_w (n, n), symmetric (L4). With `ridge`, of S_w + ridge (tr S_w / n) I.

    ValueError unless ridge >= 0, and where S_w is singular and ridge does not mend it.
    """
    xp, n = backend.get_array_module(S_w), len(S_w)
    if ridge < 0:
        raise ValueError(f"ridge must be at least 0, got {ridge}")
    S_w = S_w + (ridge / n) * S_w.trace() * xp.eye(n, dtype=S_w.dtype)
    l, Q = xp.linalg.eigh(S_w)
    if backend.item(l[0]) <= n * backend.item(xp.finfo(l.dtype).eps) * backend.item(l[-1]):
        raise ValueError(f"the scatter within the classes is singular with ridge={ridge}; raise ridge (to 1e-3), or add points")
    return Q / xp.sqrt(l)  # (L4)
