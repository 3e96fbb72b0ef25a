"""Linear discriminant analysis: the directions along which classes lie far apart for how wide they are (Fisher 1936; Rao 1948).

    X: (N, n), a point a row   y: (N,), its class, one of K   mu_c: the mean of class c, mu of all   w: (n,)

    (L1)  S_w  =  sum over c  sum over x in c  (x - mu_c) (x - mu_c)^T
    (L2)  S_b  =  sum over c  N_c (mu_c - mu) (mu_c - mu)^T  =  H^T H,   H: (K, n), rows sqrt(N_c) (mu_c - mu)
    (L3)  S_b w  =  lambda S_w w,   w^T S_w w = 1       lambda = w^T S_b w / w^T S_w w, between over within, at its largest
    (L4)  S_w  =  ...
    (L5)  w_i  =  P v_i,   lambda_i = sigma_i^2,   of  H P = U diag(sigma) V^T

S_b has rank K - 1 at most, hence so many directions. For two classes the one is along S_w^-1 (mu_1 - mu_0), Fisher's. S_w is
singular where points are few (N - K < n): with `ridge`, S_w + ridge (tr S_w / n) I stands in its place.

Exercise 14d, lesson 14: A map that makes a scatter round.
Write whitening. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 14d       tests this file
    minilora exercise hint 14d        one hint more, each time
"""

from minilora import backend


def whitening(S_w, ridge=0.0):
    """P (n, n) with P^T S_w P = I, of a scatter S_w (n, n), symmetric (L4). With `ridge`, of S_w + ridge (tr S_w / n) I.

    ValueError unless ridge >= 0, and where S_w is singular and ridge does not mend it.
    """
    # (L4)  S_w =
    raise NotImplementedError("14d: write whitening")
