"""Intruder dimensions: strong directions of a tuned matrix that the matrix it came from did not have.

    W0, W1: (m, n), before and after tuning   u_i, u'_j: their left singular vectors, by falling singular value

    (I1)  c_j  =  ...
    (I2)  intruders  =  ...

Shuttleworth et al. 2024, arXiv 2410.21228. The sign of a singular vector means nothing, hence the absolute value. Where singular
values of W0 are nearly equal, its vectors are any mixture of each other, and a direction spread over them has a small c_j
without being new.

Exercise 15c, lesson 15: Directions that were not there before.
Write intruder_dimensions. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 15c       tests this file
    minilora exercise hint 15c        one hint more, each time
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
    # (I1)  c_j =
    # (I2)  intruders =
    raise NotImplementedError("15c: write intruder_dimensions")
