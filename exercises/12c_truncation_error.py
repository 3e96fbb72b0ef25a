"""The singular value decomposition, and the best matrix of rank r.

    W: (m, n)   U: (m, k)   sigma: (k,), falling   V: (n, k)   k = min(m, n)

    (S1)  W    =  U diag(sigma) V^T  =  sum over i  sigma_i u_i v_i^T
    (S2)  W_r  =  the first r terms of that sum

Eckart and Young (1936), Mirsky (1960): no matrix of rank r is nearer to W than W_r, and the distance is what was cut off,

    (S3)  norm_F(W - W_r)  =  ...
    (S4)  norm_2(W - W_r)  =  ...

so the error of every rank is known from the singular values, before anything is truncated. As two factors, equally large,

    (S5)  W_r  =  B A,   A = sqrt(Sigma_r) V_r^T,   B = U_r sqrt(Sigma_r)

Exercise 12c, lesson 12: The error, before anything is cut.
Write truncation_error. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 12c       tests this file
    minilora exercise hint 12c        one hint more, each time
"""

import math
from typing import NamedTuple

from minilora import backend
from minilora.lowrank.matrix import as_matrix, check_rank


class Tail(NamedTuple):
    """What a truncation cuts off, as Python floats of at least 0."""

    frobenius: float  # (S3)
    spectral: float  # (S4)


def singular_values(W):
    """The k = min(m, n) singular values of a matrix (m, n), falling, none negative; cheaper than `svd`."""
    W = as_matrix(W)
    return backend.get_array_module(W).linalg.svd(W, compute_uv=False)


def truncation_error(W, rank):
    """How far the best matrix of this rank is from W: `Tail(frobenius, spectral)`, exact, by (S3) and (S4).

    Relative to W, divide by the norms of W itself. ValueError unless 1 <= rank <= min(m, n).
    """
    # (S3)  norm_F(W - W_r) =
    # (S4)  norm_2(W - W_r) =
    raise NotImplementedError("12c: write truncation_error")
