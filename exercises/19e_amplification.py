"""Does Delta W strengthen what W already does, or something else? The amplification factor of the LoRA paper.

    W, Delta W: (d1, d2)   U_r: (d1, r), V_r: (d2, r): the first r singular vectors of a matrix, by falling singular value

    (A1)  share of W in r directions  =  ...
    (A2)  amplification               =  ...
    (A3)  in W's own directions       =  ...
    (A4)  in random directions        =  r norm_F(W) / sqrt(d1 d2)

(A1), (A2): Hu et al. 2021, arXiv 2106.09685, section 7.3. (A4) is the root of the mean of norm_F(U_r^T W V_r)^2 for independent
random orthonormal U_r and V_r: E U_r U_r^T = (r / d1) I and E V_r V_r^T = (r / d2) I, so the mean is r^2 norm_F(W)^2 / (d1 d2).
A large factor says that Delta W works where W does little; it means something only beside (A3) and (A4).

Exercise 19e, lesson 19: The amplification factor and its comparisons.
Write amplification. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 19e       tests this file
    minilora exercise hint 19e        one hint more, each time
"""

import math
from typing import NamedTuple

from minilora import backend
from minilora.lowrank.matrix import as_matrix, check_directions, check_same_shape
from minilora.lowrank.truncation import singular_values, svd


class Amplification(NamedTuple):
    """The factor and its parts, floats. The last three are the share of W in r directions: of Delta W, of W, and random."""

    factor: float  # (A2); infinite where W does nothing in Delta W's directions
    delta: float  # norm_F(Delta W)
    own: float  # (A1), directions of Delta W
    weights: float  # (A3)
    random: float  # (A4)


def amplification(W, delta, r):
    """How far the change `delta` amplifies W's action in the first r directions of the change: `Amplification`.

    ValueError unless W and delta have one shape and r is from 1 to the rank of delta.
    """
    # (A1)  share of W in r directions =
    # (A2)  amplification =
    # (A3)  in W's own directions =
    raise NotImplementedError("19e: write amplification")


def random_share(norm, r, d1, d2):
    """What r random directions hold of a matrix (d1, d2) of this Frobenius norm, in the root of the mean square (A4): a float.

    ValueError unless r is from 1 to min(d1, d2).
    """
    if r not in range(1, min(d1, d2) + 1):
        raise ValueError(f"r must be between 1 and min(d1, d2)={min(d1, d2)}, got {r}")
    return r * norm / math.sqrt(d1 * d2)  # (A4)


def _norm(M):
    return math.sqrt(backend.item((M * M).sum()))
