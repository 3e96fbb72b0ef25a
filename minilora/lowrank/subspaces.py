"""Do two matrices look at the same directions of their input?

    A1: (r1, n)   A2: (r2, n)   V1, V2: (n, .), their right singular vectors, by falling singular value

    (P1)  phi(i, j)  =  norm_F(V1[:, :i]^T V2[:, :j])^2 / min(i, j)

The LoRA paper's measure (Hu et al. 2021, section 7.2) of how far the first i directions of one LoRA factor A lie in the first j
of another. The rows of A live in the input space, so the directions are the *right* singular vectors (of B, whose columns live
in the output space, compare B^T). It is the mean squared cosine of the principal angles: 1 if the smaller subspace lies in the
larger, 0 if they are orthogonal, and max(i, j) / n in the mean for random ones, the value to compare with.
"""

from minilora import backend
from minilora.lowrank.matrix import as_matrix
from minilora.lowrank.truncation import svd


def subspace_similarity(A1, A2, i, j):
    """phi(i, j) of (P1): a float from 0 to 1. Symmetric under exchange of (A1, i) and (A2, j); scale and signs do not matter.

    ValueError unless both have the same number n of columns, i is from 1 to the rank of A1 and j from 1 to that of A2: beyond
    its rank a matrix has no directions to compare, only what the rounding leaves.
    """
    A1, A2 = as_matrix(A1, "A1"), as_matrix(A2, "A2")
    if A1.shape[1] != A2.shape[1]:
        raise ValueError(f"A1 and A2 must have the same number of columns, got shapes {tuple(A1.shape)} and {tuple(A2.shape)}")
    overlap = _directions(A1, "A1", i, "i") @ _directions(A2, "A2", j, "j").T
    return backend.item((overlap * overlap).sum()) / min(i, j)  # (P1)


def _directions(A, name, count, count_name):
    """The first `count` right singular vectors, as rows (count, n)."""
    _, sigma, Vt = svd(A)
    xp = backend.get_array_module(A)
    noise = max(A.shape) * backend.item(xp.finfo(A.dtype).eps)  # relative: what a singular value of zero is computed as, at most
    rank = backend.item((sigma > sigma[0] * noise).sum())
    if count not in range(1, rank + 1):
        raise ValueError(f"{count_name} must be between 1 and the rank of {name}={rank}, got {count}")
    return Vt[:count]
