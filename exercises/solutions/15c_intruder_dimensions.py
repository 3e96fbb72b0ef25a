"""Intruder dimensions: strong directions of a tuned matrix that the matrix it came from did not have.

    W0, W1: (m, n), before and after tuning   u_i, u'_j: their left singular vectors, by falling singular value

    (I1)  c_j  =  max over i  abs(u_i . u'_j)          at most 1; 1 if u'_j is one of W0's own directions
    (I2)  intruders  =  the j from 1 to k with  c_j < eps

Shuttleworth et al. 2024, arXiv 2410.21228. The sign of a singular vector means nothing, hence the absolute value. Where singular
values of W0 are nearly equal, its vectors are any mixture of each other, and a direction spread over them has a small c_j
without being new.
"""

from typing import NamedTuple

from minilora import backend
from minilora.lowrank.matrix import as_matrix, check_directions, check_same_shape
from minilora.lowrank.truncation import svd


class Intruders(NamedTuple):
    """indices: the intruders among the first k directions, from 0, rising. cosines: (k,), c_j of every one of the k."""

    indices: object  # (I2)
    cosines: object  # (I1)


def intruder_dimensions(W0, W1, k=10, eps=0.5):
    """Which of the first k left singular vectors of W1 are far from every one of W0: `Intruders(indices, cosines)`, arrays.

    ValueError unless W0 and W1 have one shape, k is from 1 to the rank of W1, and 0 < eps <= 1.
    """
    W0, W1 = as_matrix(W0, "W0"), as_matrix(W1, "W1")
    check_same_shape(W0, "W0", W1, "W1")
    if not 0 < eps <= 1:
        raise ValueError(f"eps must be above 0 and at most 1, got {eps}")
    (U0, _, _), (U1, sigma, _) = svd(W0), svd(W1)
    check_directions(k, "k", sigma, W1, "W1")
    cosines = abs(U0.T @ U1[:, :k]).max(axis=0)  # (I1)
    return Intruders(backend.get_array_module(W1).nonzero(cosines < eps)[0], cosines)  # (I2)
