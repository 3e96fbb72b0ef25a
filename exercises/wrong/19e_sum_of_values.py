"""The singular values of W are added up. A Frobenius norm is the root of the sum of their squares.

fails at: in W's own directions (amplification:A3)
cause: a sum in the place of a norm
"""

from math import sqrt

from minilora.lowrank.amplification import random_share
from minilora.lowrank.truncation import singular_values, svd


def amplification(W, delta, r):
    U, _, Vt = svd(delta)
    size, own = norm(delta), norm(U[:, :r].T @ W @ Vt[:r].T)
    return size / own, size, own, singular_values(W)[:r].sum(), random_share(norm(W), r, *W.shape)


def norm(M):
    return sqrt((M * M).sum())
