"""Do two matrices look at the same directions of their input?

    A1: (r1, n)   A2: (r2, n)   V1, V2: (n, .), their right singular vectors, by falling singular value

    (P1)  phi(i, j)    =  ...
    (P2)  E phi(i, j)  =  max(i, j) / n                                   for random subspaces of R^n
    (P3)  cos theta_l  =  the singular values of V1[:, :i]^T V2[:, :j]    the min(i, j) principal angles
    (P4)  sin theta_l  =  those of the smaller frame less its projection on the larger

The LoRA paper's measure (Hu et al. 2021, section 7.2) of how far the first i directions of one LoRA factor A lie in the first j
of another. The rows of A live in the input space, so the directions are the *right* singular vectors (of B, whose columns live
in the output space, compare B^T). It is the mean squared cosine of the principal angles: 1 if the smaller subspace lies in the
larger, 0 if they are orthogonal. (P2), because E V1 V1^T = (i / n) I, so the sum of squares is i j / n in the mean: the value to
compare with. The arc cosine of (P3) would lose half the digits of a small angle, and the arc sine of (P4) those of a right one.

Exercise 19a, lesson 19: How alike two subspaces are.
Write subspace_similarity. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 19a       tests this file
    minilora exercise hint 19a        one hint more, each time
"""

from minilora import backend
from minilora.lowrank.matrix import as_matrix, check_directions, numeric_rank
from minilora.lowrank.truncation import svd


def subspace_similarity(A1, A2, i, j):
    """phi(i, j) of (P1): a float from 0 to 1. Symmetric under exchange of (A1, i) and (A2, j); scale and signs do not matter.

    ValueError unless both have the same number n of columns, i is from 1 to the rank of A1 and j from 1 to that of A2: beyond
    its rank a matrix has no directions to compare, only what the rounding leaves.
    """
    # (P1)  phi(i, j) =
    raise NotImplementedError("19a: write subspace_similarity")


def _frames(A1, A2, i=None, j=None):
    """The first i and j right singular vectors of A1 and A2, as rows; without counts, as many as each has."""
    A1, A2 = as_matrix(A1, "A1"), as_matrix(A2, "A2")
    if A1.shape[1] != A2.shape[1]:
        raise ValueError(f"A1 and A2 must have the same number of columns, got shapes {tuple(A1.shape)} and {tuple(A2.shape)}")
    return _directions(A1, "A1", i, "i"), _directions(A2, "A2", j, "j")


def _directions(A, name, count, count_name):
    _, sigma, Vt = svd(A)
    if count is None:
        count = numeric_rank(sigma, A.shape)
    check_directions(count, count_name, sigma, A, name)
    return Vt[:count]
