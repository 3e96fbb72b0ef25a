"""The singular value decomposition, and the best matrix of rank r.

    W: (m, n)   U: (m, k)   sigma: (k,), falling   V: (n, k)   k = min(m, n)

    (S1)  W    =  ...
    (S2)  W_r  =  the first r terms of that sum

Eckart and Young (1936), Mirsky (1960): no matrix of rank r is nearer to W than W_r, and the distance is what was cut off,

    (S3)  norm_F(W - W_r)  =  sqrt(sum over i > r  sigma_i^2)
    (S4)  norm_2(W - W_r)  =  sigma_(r+1),  zero at r = k

so the error of every rank is known from the singular values, before anything is truncated. As two factors, equally large,

    (S5)  W_r  =  B A,   A = sqrt(Sigma_r) V_r^T,   B = U_r sqrt(Sigma_r)

Exercise 12e, lesson 12: The decomposition itself, from eigenvectors.
Write svd. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 12e       tests this file
    minilora exercise hint 12e        one hint more, each time
"""

from minilora import backend
from minilora.lowrank.matrix import as_matrix


def svd(W):
    """U (m, k), sigma (k,) falling, V^T (k, n) of a matrix (m, n), k = min(m, n): the thin decomposition (S1).

    Each pair u_i, v_i is determined up to a common sign only, and not even that where singular values are equal.
    """
    # (S1)  W =
    raise NotImplementedError("12e: write svd")
