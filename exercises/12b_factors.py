"""The singular value decomposition, and the best matrix of rank r.

    W: (m, n)   U: (m, k)   sigma: (k,), falling   V: (n, k)   k = min(m, n)

    (S1)  W    =  U diag(sigma) V^T  =  sum over i  sigma_i u_i v_i^T
    (S2)  W_r  =  the first r terms of that sum

Eckart and Young (1936), Mirsky (1960): no matrix of rank r is nearer to W than W_r, and the distance is what was cut off,

    (S3)  norm_F(W - W_r)  =  sqrt(sum over i > r  sigma_i^2)
    (S4)  norm_2(W - W_r)  =  sigma_(r+1),  zero at r = k

so the error of every rank is known from the singular values, before anything is truncated. As two factors, equally large,

    (S5)  W_r  =  ...

Exercise 12b, lesson 12: The same as two balanced factors.
Write factors. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 12b       tests this file
    minilora exercise hint 12b        one hint more, each time
"""

from minilora import backend
from minilora.lowrank.matrix import as_matrix, check_rank


def svd(W):
    """U (m, k), sigma (k,) falling, V^T (k, n) of a matrix (m, n), k = min(m, n): the thin decomposition (S1).

    Each pair u_i, v_i is determined up to a common sign only, and not even that where singular values are equal.
    """
    W = as_matrix(W)
    U, sigma, Vt = backend.get_array_module(W).linalg.svd(W, full_matrices=False)  # (S1)
    return U, sigma, Vt


def factors(W, rank):
    """A (rank, n) and B (m, rank) with B A = W_r, each with the roots of its singular values (S5). ValueError as of truncate."""
    # (S5)  W_r =
    raise NotImplementedError("12b: write factors")
